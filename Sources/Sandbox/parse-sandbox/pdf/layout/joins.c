// The rules by which lines become paragraphs.
#include "pdf_joins.h"

#include <math.h>
#include <string.h>

#include "encoding.h"

enum { neighbours = 30, similar_lines_min = 6 };

/// Right edge of a line's column: that of the widest nearby line with a similar left edge and size;
/// with few such lines, that of a table.
static float column_right(const struct pdf_lines *lines, const struct pdf_line *line) {
    float right = line->right, table_right = line->right;
    int similar = 0;
    const struct pdf_line *first = lines->items, *end = lines->items + lines->count;
    const struct pdf_line *from = line - first > neighbours ? line - neighbours : first;
    const struct pdf_line *to = end - line > neighbours ? line + neighbours : end;
    for (const struct pdf_line *other = from; other < to; other++) {
        if (other->page != line->page) continue;
        if (other->table) {
            const struct pdf_box *box = &lines->tables[other->table - 1].box;
            bool aligned = fabsf(box->left - line->left) < 4 * pdf_em(line);
            if (aligned && box->right > table_right) table_right = box->right;
        } else if (fabsf(other->size - line->size) <= 1 &&
                   fabsf(other->left - line->left) < 4 * pdf_em(line)) {
            if (other->right > right) right = other->right;
            similar++;
        }
    }
    return similar > similar_lines_min ? right : fmaxf(right, table_right);
}

bool pdf_broken_on_purpose(const struct pdf_lines *lines, const struct pdf_line *line,
                           const struct pdf_line *next) {
    const char *word = pdf_line_text(lines, next);
    size_t letters = 0;
    while (letters < next->length && word[letters] != ' ') letters++;
    float advance = (next->right - next->left) / (float)next->length;
    float room = column_right(lines, line) - line->right;
    return room > (float)(letters + 1) * advance + 1.5f * pdf_em(line);
}

bool pdf_ends_sentence(const struct pdf_lines *lines, const struct pdf_line *line) {
    const char *text = pdf_line_text(lines, line);
    if (strchr(".!?:;", text[line->length - 1])) return true;
    if (strchr(")\"'", text[line->length - 1]) && line->length > 1) {
        return strchr(".!?", text[line->length - 2]) != NULL;
    }
    static const char *const ends[] = {"\u3002", "\uff01", "\uff1f", "\u201d", "\u2026"};
    for (size_t i = 0; line->length >= 3 && i < sizeof ends / sizeof *ends; i++) {
        if (!memcmp(text + line->length - 3, ends[i], 3)) return true;
    }
    return false;
}

size_t pdf_bullet_length(const struct pdf_lines *lines, const struct pdf_line *line) {
    static const char *const bullets[] = {
        "\u2022", "\u2023", "\u25e6", "\u25aa", "\u25ab", "\u25cf", "\u25cb", "\u25a0",
        "\u2013", "\u2219", "\u00b7", "\u2217", "\uf0b7", "-", "*"};
    const char *text = pdf_line_text(lines, line);
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        size_t length = strlen(bullets[i]);
        if (line->length < length + 2 || memcmp(text, bullets[i], length)) continue;
        if (text[length] == ' ') return length + 1;
    }
    return 0;
}

bool pdf_is_numbered(const struct pdf_lines *lines, const struct pdf_line *line) {
    const char *text = pdf_line_text(lines, line);
    size_t at = text[0] == '(', start = at;
    while (at < line->length && at < start + 3 && text[at] >= '0' && text[at] <= '9') at++;
    if (at == start && at < line->length && text[at] >= 'a' && text[at] <= 'z') at++;
    if (at == start || at + 2 >= line->length) return false;
    return (text[at] == '.' || text[at] == ')') && text[at + 1] == ' ';
}

static bool is_cjk(int32_t scalar) {
    return (scalar >= 0x2e80 && scalar < 0xac00) || (scalar >= 0xf900 && scalar < 0xfb00) ||
        (scalar >= 0xff00 && scalar < 0xfff0) || (scalar >= 0x20000 && scalar < 0x30000);
}

/// Whether a line end is between Han or Kana, which are set without blanks.
static bool joins_cjk(const struct pdf_lines *lines, const struct buffer *before,
                      const struct pdf_line *line) {
    const char *begin = before->bytes, *end = begin + before->length, *at = end - 1;
    while (at > begin && (*at & 0xc0) == 0x80) at--;
    size_t length;
    const char *text = pdf_line_text(lines, line);
    return is_cjk(utf8_scalar(at, end, &length)) &&
        is_cjk(utf8_scalar(text, text + line->length, &length));
}

bool pdf_joins_closely(const struct pdf_lines *lines, const struct buffer *text,
                       const struct pdf_line *line) {
    if (!text->length) return true;
    if (joins_cjk(lines, text, line)) return true;
    size_t length = text->length;
    return length > 1 && text->bytes[length - 1] == '-' && text->bytes[length - 2] != ' ';
}

void pdf_join_broken_word(const struct pdf_lines *lines, struct buffer *text,
                          const struct pdf_line *line) {
    unsigned char next = (unsigned char)pdf_line_text(lines, line)[0];
    bool compound = !((next >= 'a' && next <= 'z') || next >= 0x80);
    for (size_t i = text->length; !compound && i > 0; i--) {
        char byte = text->bytes[i - 1];
        if (byte == ' ' || byte == '\n') break;
        compound = byte == '-';
    }
    if (compound) buffer_byte(text, '-');
}

bool pdf_goes_on(const struct pdf_lines *lines, const struct pdf_line *line, int count,
                 const struct pdf_line *next) {
    bool alike = fabsf(line->size - next->size) < 0.06f * pdf_em(line) &&
        line->monospaced == next->monospaced && next->page == line->page + 1;
    if (!alike || next->table || next->row_of_its_own || next->is_note) return false;
    if (line->row_of_its_own || line->is_note) return false;
    if (line->hyphenated) return true;
    if (pdf_bullet_length(lines, next) || pdf_is_numbered(lines, next)) return false;
    if (pdf_ends_sentence(lines, line)) return false;
    // A small letter, of those scripts that have some, is within a sentence.
    const char *text = pdf_line_text(lines, next);
    size_t length;
    int32_t first = utf8_scalar(text, text + next->length, &length);
    bool small = (first >= 'a' && first <= 'z') || (first >= 0xdf && first <= 0xff) ||
        (first >= 0x3b1 && first <= 0x3c9) || (first >= 0x430 && first <= 0x45f);
    bool is_long = count > 1 && line->right - line->left > 15 * pdf_em(line);
    return small || (is_long && !pdf_broken_on_purpose(lines, line, next));
}
