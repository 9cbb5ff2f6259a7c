// Reads the characters of a page from pdfium, in the order of the content stream, with pdfium's
// lines and blanks. A line is cut into fragments at wide gaps.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_page.h"

/// The character that pdfium inserts where a line end breaks a word.
static const unsigned broken_word = 2;

enum {
    /// Maximum letters that are sampled for a line's size and weight.
    samples_max = 12,
    /// Letters that are sampled one after the other: at the start of a line, and after a gap.
    first_samples = 4,
    gap_samples = 2,
    sample_stride = 8,
};
/// A gap of this many times the size of the letters begins a new fragment.
static const float wide_gap = 0.9f;

static struct {
    float sizes[samples_max];
    int count, bold, monospaced, skipped, at_once;
} sample;

/// The flag of a font whose letters all have the same width.
static const int fixed_pitch = 1;

static void sample_font(pdf_text source, int index) {
    char name[128] = "";
    int flags = 0;
    unsigned long length = pdfium.Text_GetFontInfo(source, index, name, sizeof name, &flags);
    if (length > sizeof name) *name = 0;
    bool bold = pdfium.Text_GetFontWeight(source, index) >= 600 || strcasestr(name, "bold") ||
        strcasestr(name, "cmbx") || strcasestr(name, "black");
    bool fixed = flags & fixed_pitch || strcasestr(name, "mono") || strcasestr(name, "courier") ||
        strcasestr(name, "cmtt");
    sample.bold += bold;
    sample.monospaced += fixed;
}

/// Samples the first letters of a fragment, then every eighth.
static void take_sample(pdf_text source, int index) {
    int skipped = sample.skipped++;
    bool due = skipped < sample.at_once || (skipped - sample.at_once) % sample_stride == 7;
    if (!due || sample.count == samples_max) return;
    struct pdf_matrix matrix = {1, 0, 0, 1, 0, 0};
    pdfium.Text_GetMatrix(source, index, &matrix);
    float scale = sqrtf(fabsf(matrix.a * matrix.d - matrix.b * matrix.c));
    sample.sizes[sample.count++] = (float)pdfium.Text_GetFontSize(source, index) * scale;
    sample_font(source, index);
}

static int by_size(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

/// The fragment that is being read, or NULL.
static struct pdf_fragment *current;

static void end_fragment(struct pdf_page_text *text, bool hyphenated) {
    if (!current) return;
    current->end = text->glyph_count;
    qsort(sample.sizes, (size_t)sample.count, sizeof *sample.sizes, by_size);
    current->size = sample.sizes[sample.count / 2];
    current->bold = sample.bold == sample.count;
    current->monospaced = sample.monospaced == sample.count;
    current->hyphenated = hyphenated;
    float width = current->box.right - current->box.left;
    float height = current->box.top - current->box.bottom;
    size_t glyphs = current->end - current->first;
    current->vertical = glyphs >= 3 && height > 2.5f * current->size && height > 2 * width;
    current = NULL;
}

static void begin_fragment(struct pdf_page_text *text, pdf_text source, int index,
                           bool continues) {
    current = pdf_begin_fragment(text);
    current->continues = continues;
    sample.count = sample.bold = sample.monospaced = sample.skipped = 0;
    sample.at_once = continues ? gap_samples : first_samples;
    double x, y;
    if (pdfium.Text_GetCharOrigin(source, index, &x, &y)) {
        struct pdf_box origin = pdf_page_box(text, (float)x, (float)y, (float)x, (float)y);
        current->baseline = origin.bottom;
    }
    pdf_object object = pdfium.Text_GetTextObject(source, index);
    current->content = object ? pdfium.PageObj_GetMarkedContentID(object) : -1;
}

static bool is_blank(unsigned unicode) {
    return unicode == ' ' || unicode == '\t' || unicode == 0xa0 ||
        (unicode >= 0x2000 && unicode <= 0x200b);
}

static void read_glyph(struct pdf_page_text *text, pdf_text source, int index, unsigned unicode,
                       bool in_line, bool after_blank) {
    double left = 0, right = 0, bottom = 0, top = 0;
    bool has_box = pdfium.Text_GetCharBox(source, index, &left, &right, &bottom, &top);
    struct pdf_box box =
        pdf_page_box(text, (float)left, (float)bottom, (float)right, (float)top);
    if (current) {
        float size = sample.count ? sample.sizes[sample.count - 1] : 10;
        const struct pdf_glyph *last = &text->glyphs[text->glyph_count - 1];
        bool gap = has_box && after_blank && box.left - last->box.right > wide_gap * size &&
            box.bottom < last->box.top && box.top > last->box.bottom - size;
        if (gap) end_fragment(text, false);
    }
    if (!current) begin_fragment(text, source, index, in_line);
    if (!has_box) {
        // A character without a place follows the one before it.
        box = (struct pdf_box){current->box.right, current->baseline, current->box.right,
                               current->baseline};
    }
    struct pdf_glyph *glyph = pdf_add_glyph(text, unicode, box);
    glyph->after_blank = after_blank;
    take_sample(source, index);
}

void pdf_read_glyphs(struct pdf_page_text *text, pdf_text source) {
    int count = pdfium.Text_CountChars(source);
    bool in_line = false, after_blank = false;
    unsigned high = 0;
    for (int index = 0; index < count; index++) {
        unsigned unicode = pdfium.Text_GetUnicode(source, index);
        if (unicode == '\r' || unicode == '\n' || unicode == broken_word) {
            end_fragment(text, unicode == broken_word);
            in_line = after_blank = false;
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
            after_blank = in_line;
            continue;
        }
        if (unicode < 0x20 || unicode == 0xfffe || unicode == 0xffff) continue;
        read_glyph(text, source, index, unicode, in_line, after_blank);
        in_line = true;
        after_blank = false;
    }
    end_fragment(text, false);
    pdf_order_ligatures(text);
}
