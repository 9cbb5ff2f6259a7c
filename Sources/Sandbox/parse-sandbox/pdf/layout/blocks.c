// Joins lines to blocks by their layout: the distance to the line above, whether the next word
// would have fitted on it, indents, sizes and bullets.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_blocks.h"
#include "pdf_joins.h"
#include "pdf_styles.h"
#include "writer.h"

enum { heading_lines_max = 3, heading_bytes_max = 240 };

static struct pdf_lines *all;
static struct pdf_styles styles;

struct block {
    struct buffer text;
    const struct pdf_line *first, *last;
    int heading, lines;
    bool item, code;
    /// The next blank of the text is where the page changes.
    bool page_changes;
};

/// The current block, and one that is set aside.
static struct block block, aside;

void pdf_blocks_begin(struct pdf_lines *lines) {
    all = lines;
    styles = pdf_styles_of(lines);
}

void pdf_end_block(void) {
    if (block.last && block.last->hyphenated) buffer_byte(&block.text, '-');
    if (block.heading) write_heading(block.heading, &block.text);
    else if (block.item) write_item(1, 0, &block.text);
    else if (block.code) write_code(&block.text);
    else write_paragraph(&block.text);
    buffer_clear(&block.text);
    block.first = block.last = NULL;
    block.lines = 0;
    // A paragraph of one word on the new page has no blank left.
    if (block.page_changes) write_page_break();
    block.page_changes = false;
}

bool pdf_block_goes_on(const struct pdf_line *next) {
    if (!block.last || !next || block.heading || block.code) return false;
    if (pdf_heading_level(&styles, all, next) || pdf_is_code(&styles, next)) return false;
    return pdf_goes_on(all, block.last, block.lines, next);
}

void pdf_set_block_aside(void) {
    aside = block;
    block = (struct block){0};
}

void pdf_resume_block(void) {
    buffer_free(&block.text);
    block = aside;
}

/// Whether `line` begins a new block rather than continuing the current one.
static bool begins_block(const struct pdf_line *line) {
    const struct pdf_line *last = block.last;
    int heading = pdf_heading_level(&styles, all, line);
    if (line->is_note || last->is_note || heading != block.heading) return true;
    float step = last->baseline - line->baseline, em = pdf_em(line);
    if (heading) {
        bool near = step > -0.3f * em && step < 1.9f * em;
        bool long_already = block.lines >= heading_lines_max ||
            block.text.length + line->length > heading_bytes_max;
        return !near || long_already || line->begins_title ||
            fabsf(line->size - last->size) > 0.05f * em;
    }
    if (last->hyphenated) return false;
    if (pdf_bullet_length(all, line)) return true;
    if (pdf_is_code(&styles, line) != block.code) return true;
    float normal = styles.pitch * em;
    if (step > 1.3f * normal) return !block.code || step > 2.6f * normal;
    if (block.code) return false;
    bool purpose = pdf_broken_on_purpose(all, last, line);
    // The next column or an adjacent box, where a sentence may continue.
    if (step < -0.5f * em) return pdf_ends_sentence(all, last) || purpose;
    float indent = line->left - last->left;
    if (pdf_is_numbered(all, line) && (purpose || indent < -0.8f * em)) return true;
    if (indent < -0.8f * em && block.lines > 1) return true;
    if (indent > 0.8f * em && indent < 6 * em && pdf_ends_sentence(all, last)) {
        return !block.item && !pdf_is_numbered(all, block.first);
    }
    return purpose && pdf_ends_sentence(all, last);
}

static enum pdf_join join_of(const struct pdf_line *line) {
    if (block.heading) return JOIN_SPACE;
    if (block.code) return JOIN_NEWLINE;
    if (line->row_of_its_own || block.last->row_of_its_own) return JOIN_NEWLINE;
    if (pdf_joins_closely(all, &block.text, line)) return JOIN_NONE;
    float step = block.last->baseline - line->baseline;
    if (fabsf(step) < 0.3f * pdf_em(line)) return JOIN_SPACE;
    bool entry = pdf_has_leader(all, block.last);
    return entry || pdf_broken_on_purpose(all, block.last, line) ? JOIN_NEWLINE : JOIN_SPACE;
}

/// Appends a blank, or the form feed of a page that ends here.
static void append_blank(void) {
    buffer_byte(&block.text, block.page_changes ? '\f' : ' ');
    block.page_changes = false;
}

/// Appends a line's text. Leader dots in a table of contents become an ellipsis.
static void append_text(const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        size_t dots = 0, end = i;
        while (end < length && (text[end] == '.' || text[end] == ' ')) dots += text[end++] == '.';
        if (dots >= 5) {
            buffer_text(&block.text, " \u2026 ");
            i = end;
            continue;
        }
        end = end > i ? end : i + 1;
        for (; i < end; i++) {
            if (text[i] == ' ') append_blank();
            else buffer_byte(&block.text, text[i]);
        }
    }
}

static void append_code(const struct pdf_line *line) {
    float advance = (line->right - line->left) / (float)line->length;
    float indent = (line->left - block.first->left) / (advance > 0.5f ? advance : 1);
    for (int i = 0; i < (int)lroundf(indent) && i < 80; i++) buffer_byte(&block.text, ' ');
    buffer_append(&block.text, pdf_line_text(all, line), line->length);
}

static void begin_block(const struct pdf_line *line) {
    block.first = line;
    block.heading = pdf_heading_level(&styles, all, line);
    block.code = !block.heading && pdf_is_code(&styles, line);
    block.item = !block.heading && !block.code && pdf_bullet_length(all, line);
}

static void join_line(const struct pdf_line *line) {
    // pdfium finds broken words only within a page.
    size_t length = block.text.length;
    bool broken = block.page_changes && length > 1 && block.text.bytes[length - 1] == '-' &&
        block.text.bytes[length - 2] != ' ';
    if (broken) block.text.length--;
    if (broken || (block.last->hyphenated && !block.code)) {
        pdf_join_broken_word(all, &block.text, line);
        return;
    }
    enum pdf_join join = join_of(line);
    if (block.page_changes) append_blank();
    else if (join != JOIN_NONE) buffer_byte(&block.text, join == JOIN_NEWLINE ? '\n' : ' ');
}

void pdf_take_line(const struct pdf_line *line) {
    bool carried = block.last && block.last->page != line->page;
    if (block.last && !carried && begins_block(line)) pdf_end_block();
    const char *text = pdf_line_text(all, line);
    size_t length = line->length;
    if (!block.last) {
        begin_block(line);
        if (block.item) {
            size_t bullet = pdf_bullet_length(all, line);
            text += bullet;
            length -= bullet;
        }
    } else {
        block.page_changes |= carried;
        join_line(line);
    }
    if (block.code) append_code(line);
    else append_text(text, length);
    block.last = line;
    block.lines++;
}
