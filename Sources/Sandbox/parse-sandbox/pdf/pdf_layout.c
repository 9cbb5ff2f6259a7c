// Joins lines to blocks by their layout: the distance to the line above, whether the next word
// would have fitted on it, indents, sizes and bullets.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "pdf_lines.h"
#include "pdf_styles.h"
#include "writer.h"

enum join { JOIN_SPACE, JOIN_NEWLINE, JOIN_NONE };
enum { neighbours = 30, heading_lines_max = 3, heading_bytes_max = 240 };

static struct pdf_lines *all;
static struct pdf_styles styles;

/// The current block.
static struct {
    struct buffer text;
    const struct pdf_line *first, *last;
    int heading, lines;
    bool item, code;
} block;

static float em(const struct pdf_line *line) { return line->size > 1 ? line->size : 1; }

static char last_byte(const struct pdf_line *line) {
    return pdf_line_text(all, line)[line->length - 1];
}

/// Right edge of a line's column: that of the widest nearby line with a similar left edge and size.
static float column_right(const struct pdf_line *line) {
    float right = line->right;
    const struct pdf_line *first = all->items, *end = all->items + all->count;
    const struct pdf_line *from = line - first > neighbours ? line - neighbours : first;
    const struct pdf_line *to = end - line > neighbours ? line + neighbours : end;
    for (const struct pdf_line *other = from; other < to; other++) {
        if (other->page != line->page || fabsf(other->size - line->size) > 1) continue;
        if (fabsf(other->left - line->left) < 4 * em(line) && other->right > right) {
            right = other->right;
        }
    }
    return right;
}

/// Whether the first word of `next` would have fitted at the end of `line`. If so, the author and
/// not the margin broke the line.
static bool broken_on_purpose(const struct pdf_line *line, const struct pdf_line *next) {
    const char *word = pdf_line_text(all, next);
    size_t letters = 0;
    while (letters < next->length && word[letters] != ' ') letters++;
    float advance = (next->right - next->left) / (float)next->length;
    return column_right(line) - line->right > (float)(letters + 1) * advance + 1.5f * em(line);
}

static bool ends_sentence(const struct pdf_line *line) {
    const char *text = pdf_line_text(all, line);
    if (strchr(".!?:;", last_byte(line))) return true;
    if (strchr(")\"'", last_byte(line)) && line->length > 1) {
        return strchr(".!?", text[line->length - 2]) != NULL;
    }
    static const char *const ends[] = {"\u3002", "\uff01", "\uff1f", "\u201d", "\u2026"};
    for (size_t i = 0; line->length >= 3 && i < sizeof ends / sizeof *ends; i++) {
        if (!memcmp(text + line->length - 3, ends[i], 3)) return true;
    }
    return false;
}

/// Bytes of a bullet and the blank after it at the start of a line; 0 if there is none.
static size_t bullet_length(const struct pdf_line *line) {
    static const char *const bullets[] = {
        "\u2022", "\u2023", "\u25e6", "\u25aa", "\u25ab", "\u25cf", "\u25cb", "\u25a0",
        "\u2013", "\u2219", "\u00b7", "\u2217", "\uf0b7", "-", "*"};
    const char *text = pdf_line_text(all, line);
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        size_t length = strlen(bullets[i]);
        if (line->length < length + 2 || memcmp(text, bullets[i], length)) continue;
        if (text[length] == ' ') return length + 1;
    }
    return 0;
}

/// Whether a line begins as a numbered item does: "1. ", "12) ", "(a) ".
static bool is_numbered(const struct pdf_line *line) {
    const char *text = pdf_line_text(all, line);
    size_t at = text[0] == '(', start = at;
    while (at < line->length && at < start + 3 && text[at] >= '0' && text[at] <= '9') at++;
    if (at == start && at < line->length && text[at] >= 'a' && text[at] <= 'z') at++;
    if (at == start || at + 2 >= line->length) return false;
    return (text[at] == '.' || text[at] == ')') && text[at + 1] == ' ';
}

static void flush(void) {
    if (block.heading) write_heading(block.heading, &block.text);
    else if (block.item) write_item(1, 0, &block.text);
    else if (block.code) write_code(&block.text);
    else write_paragraph(&block.text);
    buffer_clear(&block.text);
    block.first = block.last = NULL;
    block.lines = 0;
}

/// Whether `line` begins a new block rather than continuing the current one.
static bool begins_block(const struct pdf_line *line) {
    const struct pdf_line *last = block.last;
    int heading = pdf_heading_level(&styles, all, line);
    if (heading != block.heading) return true;
    float step = last->baseline - line->baseline;
    if (heading) {
        bool near = step > -0.3f * em(line) && step < 1.9f * em(line);
        bool long_already = block.lines >= heading_lines_max ||
            block.text.length + line->length > heading_bytes_max;
        return !near || long_already || fabsf(line->size - last->size) > 0.05f * em(line);
    }
    if (last->hyphenated) return false;
    if (bullet_length(line)) return true;
    if (pdf_is_code(&styles, line) != block.code) return true;
    float normal = styles.pitch * em(line);
    if (step > 1.3f * normal) return !block.code || step > 2.6f * normal;
    if (block.code) return false;
    if (step < -0.5f * em(line)) {
        // The next column or an adjacent box, where a sentence may continue.
        return ends_sentence(last) || broken_on_purpose(last, line);
    }
    float indent = line->left - last->left;
    bool purpose = broken_on_purpose(last, line);
    if (is_numbered(line) && (purpose || indent < -0.8f * em(line))) return true;
    if (indent < -0.8f * em(line) && block.lines > 1) return true;
    if (indent > 0.8f * em(line) && indent < 6 * em(line) && ends_sentence(last)) {
        return !block.item && !is_numbered(block.first);
    }
    return purpose && ends_sentence(last);
}

static bool is_cjk(int32_t scalar) {
    return (scalar >= 0x2e80 && scalar < 0xac00) || (scalar >= 0xf900 && scalar < 0xfb00) ||
        (scalar >= 0xff00 && scalar < 0xfff0) || (scalar >= 0x20000 && scalar < 0x30000);
}

/// Whether a line end is between Han or Kana, which are set without blanks.
static bool joins_cjk(const struct pdf_line *line) {
    const char *begin = block.text.bytes, *end = begin + block.text.length, *at = end - 1;
    while (at > begin && (*at & 0xc0) == 0x80) at--;
    size_t length;
    const char *text = pdf_line_text(all, line);
    return is_cjk(utf8_scalar(at, end, &length)) &&
        is_cjk(utf8_scalar(text, text + line->length, &length));
}

/// Whether the text so far ends in a hyphen that belongs to a word.
static bool ends_in_hyphen(void) {
    size_t length = block.text.length;
    return length > 1 && block.text.bytes[length - 1] == '-' &&
        block.text.bytes[length - 2] != ' ';
}

/// Joins a word across lines. A broken word loses its hyphen ("im-proving"); a compound keeps it
/// ("X-Window", "day-to-day").
static void join_broken_word(const struct pdf_line *line) {
    unsigned char next = (unsigned char)pdf_line_text(all, line)[0];
    bool compound = !((next >= 'a' && next <= 'z') || next >= 0x80);
    for (size_t i = block.text.length; !compound && i > 0; i--) {
        char byte = block.text.bytes[i - 1];
        if (byte == ' ' || byte == '\n') break;
        compound = byte == '-';
    }
    if (compound) buffer_byte(&block.text, '-');
}

static enum join join_of(const struct pdf_line *line) {
    if (block.heading) return JOIN_SPACE;
    if (block.code) return JOIN_NEWLINE;
    if (joins_cjk(line) || ends_in_hyphen()) return JOIN_NONE;
    float step = block.last->baseline - line->baseline;
    if (fabsf(step) < 0.3f * em(line)) return JOIN_SPACE;
    bool entry = pdf_has_leader(all, block.last);
    return entry || broken_on_purpose(block.last, line) ? JOIN_NEWLINE : JOIN_SPACE;
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
        buffer_append(&block.text, text + i, end - i);
        i = end;
    }
}

static void append_code(const struct pdf_line *line) {
    float advance = (line->right - line->left) / (float)line->length;
    float indent = (line->left - block.first->left) / (advance > 0.5f ? advance : 1);
    for (int i = 0; i < (int)lroundf(indent) && i < 80; i++) buffer_byte(&block.text, ' ');
    buffer_append(&block.text, pdf_line_text(all, line), line->length);
}

static void take(const struct pdf_line *line) {
    if (block.last && begins_block(line)) flush();
    const char *text = pdf_line_text(all, line);
    size_t length = line->length;
    if (!block.last) {
        block.first = line;
        block.heading = pdf_heading_level(&styles, all, line);
        block.code = !block.heading && pdf_is_code(&styles, line);
        size_t bullet = block.heading || block.code ? 0 : bullet_length(line);
        block.item = bullet > 0;
        text += bullet;
        length -= bullet;
    } else if (block.last->hyphenated && !block.code) {
        join_broken_word(line);
    } else {
        enum join join = join_of(line);
        if (join != JOIN_NONE) buffer_byte(&block.text, join == JOIN_NEWLINE ? '\n' : ' ');
    }
    if (block.code) append_code(line);
    else append_text(text, length);
    block.last = line;
    block.lines++;
}

void pdf_layout_write(struct pdf_lines *lines, int pages) {
    all = lines;
    styles = pdf_styles_of(lines);
    size_t next = 0;
    for (int page = 0; page < pages; page++) {
        if (page) write_page_break();
        for (; next < lines->count && lines->items[next].page == page; next++) {
            if (!lines->items[next].furniture) take(&lines->items[next]);
        }
        if (block.last && block.last->hyphenated) buffer_byte(&block.text, '-');
        flush();
    }
}
