// Forms the paragraphs of a recognised page.
#include <stdlib.h>
#include <string.h>

#include "ocr.h"
#include "writer.h"

/// The paragraph or item that is being collected.
static struct {
    struct buffer text;
    const struct ocr_line *last;
    bool item;
} block;

static void flush(void) {
    if (block.item) write_item(1, 0, &block.text);
    else write_paragraph(&block.text);
    buffer_clear(&block.text);
    block.last = NULL;
}

/// Bytes of a bullet and the blank after it at the start of a line; 0 if there is none.
static size_t bullet_length(const char *text, size_t length) {
    static const char *const bullets[] = {"\u2022", "\u25cf", "\u25e6", "\u25aa", "\u25a0",
                                          "\u00b7", "\u00bb", "\u2013", "*", "-"};
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        size_t size = strlen(bullets[i]);
        bool fits = length > size + 1 && !memcmp(text, bullets[i], size) && text[size] == ' ';
        if (fits) return size + 1;
    }
    return 0;
}

/// Right edge of the column of a line: that of the widest line nearby with a similar left edge.
static int column_right(const struct ocr_lines *lines, const struct ocr_line *line) {
    enum { neighbours = 30 };
    const struct ocr_line *first = lines->items, *end = first + lines->count;
    const struct ocr_line *from = line - first > neighbours ? line - neighbours : first;
    const struct ocr_line *to = end - line > neighbours ? line + neighbours : end;
    int right = line->right;
    for (const struct ocr_line *other = from; other < to; other++) {
        bool same_column = other->kept && abs(other->left - line->left) < 4 * line->height;
        if (same_column && other->right > right) right = other->right;
    }
    return right;
}

/// Whether the author and not the margin ended the last line: the first word of `line` would have
/// fitted on it, as in an address, or one of them is a row of a table.
static bool broken_on_purpose(const struct ocr_lines *lines, const struct ocr_line *line) {
    const struct ocr_line *last = block.last;
    return last->has_gap || line->has_gap ||
        column_right(lines, last) - last->right > line->first_word + last->height;
}

/// Joins a word that was broken at the end of a line. It loses its hyphen ("im-proving") unless
/// its parts show a compound ("X-Window", "day-to-day").
static void join_broken_word(char next) {
    struct buffer *text = &block.text;
    size_t hyphen = text->length - 1;
    bool compound = !((next >= 'a' && next <= 'z') || (unsigned char)next >= 0x80);
    for (size_t i = hyphen; !compound && i > 0 && text->bytes[i - 1] != ' '; i--) {
        compound = text->bytes[i - 1] == '-';
    }
    if (!compound) text->length = hyphen;
}

static bool ends_in_broken_word(void) {
    const struct buffer *text = &block.text;
    return text->length > 1 && text->bytes[text->length - 1] == '-' &&
        !strchr(" -\n", text->bytes[text->length - 2]);
}

static void append(const struct ocr_lines *lines, const struct ocr_line *line, const char *text,
                   size_t length) {
    if (!block.last) {
        // The first line needs nothing before it.
    } else if (broken_on_purpose(lines, line)) {
        buffer_byte(&block.text, '\n');
    } else if (ends_in_broken_word()) {
        join_broken_word(*text);
    } else if (!(block.last->ends_in_cjk && line->begins_with_cjk)) {
        buffer_byte(&block.text, ' ');
    }
    buffer_append(&block.text, text, length);
    block.last = line;
}

void ocr_write(struct ocr_lines *lines) {
    const struct ocr_line *end = lines->items + lines->count;
    for (const struct ocr_line *line = lines->items; line < end; line++) {
        const char *text = lines->text.bytes + line->start;
        size_t bullet = line->kept ? bullet_length(text, line->length) : 0;
        if (line->begins_paragraph || bullet) flush();
        if (!line->kept) continue;
        if (!block.last) block.item = bullet > 0;
        append(lines, line, text + bullet, line->length - bullet);
    }
    flush();
    ocr_lines_free(lines);
}
