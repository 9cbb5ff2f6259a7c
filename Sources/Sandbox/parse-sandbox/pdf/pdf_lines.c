#include "pdf_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// The character that pdfium inserts where a line end breaks a word.
static const unsigned broken_word = 2;

/// Maximum letters that are sampled for a line's size and weight.
enum { samples_max = 12 };

struct sample {
    float sizes[samples_max];
    int count, bold, monospaced, stride, skipped;
};

static struct pdf_line *begin_line(struct pdf_lines *lines, int page) {
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity * 2 + 1024;
        lines->items = checked_realloc(lines->items, lines->capacity, sizeof *lines->items);
    }
    struct pdf_line *line = &lines->items[lines->count];
    *line = (struct pdf_line){
        .start = lines->text.length, .page = page, .left = INFINITY, .right = -INFINITY};
    return line;
}

/// The flag of a font whose letters all have the same width.
static const int fixed_pitch = 1;

static void sample_font(struct sample *sample, pdf_text text, int index) {
    char name[128] = "";
    int flags = 0;
    unsigned long length = pdfium.Text_GetFontInfo(text, index, name, sizeof name, &flags);
    if (length > sizeof name) *name = 0;
    bool bold = pdfium.Text_GetFontWeight(text, index) >= 600 || strcasestr(name, "bold") ||
        strcasestr(name, "cmbx") || strcasestr(name, "black");
    bool fixed = flags & fixed_pitch || strcasestr(name, "mono") || strcasestr(name, "courier") ||
        strcasestr(name, "cmtt");
    sample->bold += bold;
    sample->monospaced += fixed;
}

/// Samples the first four letters of a line, then every eighth.
static void take_sample(struct sample *sample, pdf_text text, int index) {
    if (sample->skipped++ % (sample->stride ? sample->stride : 1) || sample->count == samples_max) {
        return;
    }
    struct pdf_matrix matrix = {1, 0, 0, 1, 0, 0};
    pdfium.Text_GetMatrix(text, index, &matrix);
    float scale = sqrtf(fabsf(matrix.a * matrix.d - matrix.b * matrix.c));
    sample->sizes[sample->count++] = (float)pdfium.Text_GetFontSize(text, index) * scale;
    sample_font(sample, text, index);
    if (sample->count == 4) sample->stride = 8;
}

static int by_size(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static void end_line(struct pdf_lines *lines, struct pdf_line *line, struct sample *sample,
                     bool hyphenated) {
    while (lines->text.length > line->start &&
           strchr(" \t", lines->text.bytes[lines->text.length - 1])) {
        lines->text.length--;
    }
    line->length = (unsigned)(lines->text.length - line->start);
    if (!line->length || !sample->count) {
        lines->text.length = line->start;
        *sample = (struct sample){0};
        return;
    }
    qsort(sample->sizes, (size_t)sample->count, sizeof *sample->sizes, by_size);
    line->size = sample->sizes[sample->count / 2];
    line->bold = sample->bold == sample->count;
    line->monospaced = sample->monospaced == sample->count;
    line->hyphenated = hyphenated;
    lines->count++;
    *sample = (struct sample){0};
}

static void widen(struct pdf_line *line, pdf_text text, int index) {
    double left, right, bottom, top, x, y;
    if (!pdfium.Text_GetCharBox(text, index, &left, &right, &bottom, &top)) return;
    bool first = line->right < line->left;
    if (first && pdfium.Text_GetCharOrigin(text, index, &x, &y)) line->baseline = (float)y;
    if (left < line->left) line->left = (float)left;
    if (right > line->right) line->right = (float)right;
}

/// Appends a character. Latin ligatures become letters, so that a search finds them.
static void append(struct buffer *text, unsigned unicode) {
    static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    if (unicode >= 0xfb00 && unicode <= 0xfb06) buffer_text(text, ligatures[unicode - 0xfb00]);
    else buffer_scalar(text, unicode);
}

static bool is_blank(unsigned unicode) {
    return unicode == ' ' || unicode == '\t' || unicode == 0xa0 ||
        (unicode >= 0x2000 && unicode <= 0x200b);
}

void pdf_lines_read(struct pdf_lines *lines, pdf_text text, int page) {
    int count = pdfium.Text_CountChars(text);
    struct sample sample = {0};
    struct pdf_line *line = begin_line(lines, page);
    unsigned high = 0;
    for (int index = 0; index < count; index++) {
        unsigned unicode = pdfium.Text_GetUnicode(text, index);
        if (unicode == '\r' || unicode == '\n' || unicode == broken_word) {
            end_line(lines, line, &sample, unicode == broken_word);
            line = begin_line(lines, page);
            continue;
        }
        if (unicode >= 0xd800 && unicode < 0xdc00) {
            high = unicode;
            continue;
        }
        if (high && unicode >= 0xdc00 && unicode < 0xe000) {
            unicode = 0x10000 + ((high - 0xd800) << 10) + (unicode - 0xdc00);
        }
        high = 0;
        if (is_blank(unicode)) {
            bool begun = lines->text.length > line->start;
            if (begun && lines->text.bytes[lines->text.length - 1] != ' ') {
                buffer_byte(&lines->text, ' ');
            }
            continue;
        }
        if (unicode < 0x20 || unicode == 0xfffe || unicode == 0xffff) continue;
        append(&lines->text, unicode);
        widen(line, text, index);
        take_sample(&sample, text, index);
    }
    end_line(lines, line, &sample, false);
}
