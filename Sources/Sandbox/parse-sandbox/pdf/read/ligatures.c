// Puts the letters of ligatures from right to left into the order in which they are read.
//
// pdfium reverses a line from right to left letter by letter. The letters of one glyph come out
// backwards, unless the glyph is a presentation form, which pdfium takes apart afterwards.
#include <string.h>
#include <unicode/unorm2.h>

#include "pdf_page.h"

enum {
    letters_max = 8,
    /// The blocks of presentation forms, Hebrew and Arabic.
    first_form = 0xfb1d, last_form = 0xfefc, forms = last_form - first_form + 1,
};

static bool is_right_to_left(uint32_t unicode) {
    return (unicode >= 0x590 && unicode < 0x900) || (unicode >= 0xfb1d && unicode < 0xfe00) ||
        (unicode >= 0xfe70 && unicode < 0xff00);
}

/// Whether these letters are those of a presentation form.
static bool is_presentation_form(const struct pdf_glyph *letters, size_t count) {
    static UChar decompositions[forms][letters_max];
    static bool is_filled;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    for (int i = 0; nfkc && !is_filled && i < forms; i++) {
        unorm2_getDecomposition(nfkc, first_form + i, decompositions[i], letters_max, &status);
        if (U_FAILURE(status)) decompositions[i][0] = 0;
        status = U_ZERO_ERROR;
    }
    is_filled = true;
    for (int i = 0; i < forms; i++) {
        size_t same = 0;
        while (same < count && decompositions[i][same] == letters[same].unicode) same++;
        if (same == count && (count == letters_max || !decompositions[i][count])) return true;
    }
    return false;
}

static void reverse(struct pdf_glyph *letters, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t unicode = letters[i].unicode;
        letters[i].unicode = letters[count - 1 - i].unicode;
        letters[count - 1 - i].unicode = unicode;
    }
}

void pdf_order_ligatures(struct pdf_page_text *text) {
    size_t right_to_left = 0;
    for (size_t i = 0; i < text->glyph_count; i++) {
        right_to_left += is_right_to_left(text->glyphs[i].unicode);
    }
    text->right_to_left = right_to_left * 2 > text->glyph_count;
    for (size_t i = 0, end; right_to_left && i < text->glyph_count; i = end) {
        struct pdf_glyph *first = &text->glyphs[i];
        for (end = i + 1; end < text->glyph_count && end < i + letters_max; end++) {
            const struct pdf_glyph *next = &text->glyphs[end];
            bool same = !memcmp(&next->box, &first->box, sizeof next->box) && !next->after_blank;
            if (!same || !is_right_to_left(next->unicode)) break;
        }
        bool is_ligature = end > i + 1 && is_right_to_left(first->unicode);
        if (is_ligature && !is_presentation_form(first, end - i)) reverse(first, end - i);
    }
}
