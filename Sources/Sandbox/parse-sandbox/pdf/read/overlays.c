// Form fields and annotations. A value is placed on the line of its label; a note that has no label
// becomes a paragraph after the text of its page.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "pdf_page.h"
#include "pdf_overlays.h"
#include "report.h"

enum { annotations_max = 5000, glyphs_max = 1 << 20, label_glyphs_max = 40 };
enum { flag_hidden = 2, flag_no_view = 32 };
enum { type_note = 1, type_free_text = 3, type_stamp = 13, type_widget = 20 };

static struct pdf_page_text *text;

/// A value of a field, or a note, before it has a place.
struct overlay {
    struct pdf_box box;
    uint16_t *units;
    size_t count;
    bool is_mark, is_note;
};

/// Whether a fragment is on a line through a box.
static bool is_beside(const struct pdf_fragment *fragment, const struct pdf_box *box) {
    float middle = fragment->baseline + 0.3f * fragment->size;
    return !fragment->vertical && middle > box->bottom - 2 && middle < box->top + 2;
}

/// The nearest fragment left of a box on its line, or right of it; -1 if there is none.
static long label_beside(const struct pdf_box *box, bool right) {
    long best = -1;
    float nearest = INFINITY;
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        if (fragment->is_overlay || !is_beside(fragment, box)) continue;
        float distance = right ? fragment->box.left - box->right : box->left - fragment->box.left;
        if (distance < (right ? -2 : 0) || distance >= nearest) continue;
        nearest = distance;
        best = (long)i;
    }
    return best;
}

/// The lowest fragment above a box that it is below of; -1 if there is none.
static long label_above(const struct pdf_box *box) {
    long best = -1;
    float lowest = INFINITY;
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        if (fragment->is_overlay || fragment->baseline < box->top - 2) continue;
        if (fragment->box.right < box->left || fragment->box.left > box->right) continue;
        if (fragment->baseline - box->top > 3 * fragment->size) continue;
        if (fragment->baseline >= lowest) continue;
        lowest = fragment->baseline;
        best = (long)i;
    }
    return best;
}

/// Makes the last fragment the one at an index.
static void move_last(size_t to) {
    struct pdf_fragment last = text->fragments[text->fragment_count - 1];
    memmove(text->fragments + to + 1, text->fragments + to,
            (text->fragment_count - 1 - to) * sizeof last);
    text->fragments[to] = last;
}

static void add_fragment(const struct overlay *overlay, float baseline, float size) {
    struct pdf_fragment *fragment = pdf_begin_fragment(text);
    fragment->baseline = baseline;
    fragment->size = size;
    fragment->is_overlay = true;
    float width = overlay->box.right - overlay->box.left;
    float advance = fminf(0.5f * size, width / (float)overlay->count);
    bool blank = true;
    for (size_t i = 0; i < overlay->count; i++) {
        uint32_t unicode = overlay->units[i];
        bool pair = unicode >= 0xd800 && unicode < 0xdc00 && i + 1 < overlay->count;
        if (pair) unicode = 0x10000 + ((unicode - 0xd800) << 10) + (overlay->units[++i] & 0x3ff);
        if (unicode <= 0x20 || unicode == 0xa0) {
            blank = true;
            continue;
        }
        float left = overlay->box.left + advance * (float)i;
        struct pdf_box box = {left, baseline - 0.2f * size, left + advance,
                              baseline + 0.75f * size};
        pdf_add_glyph(text, unicode, box)->after_blank = blank;
        blank = false;
    }
    if (text->glyph_count > glyphs_max) {
        fail(FAILURE_TOO_LARGE, "the annotations of a page contain more text than the limit");
    }
}

/// Cuts a label that goes on behind the field, as in "Name: ____ Date: ____".
static void cut_label(size_t label, const struct pdf_box *box) {
    const struct pdf_fragment *fragment = &text->fragments[label];
    for (size_t g = fragment->first + 1; g < fragment->end; g++) {
        if (text->glyphs[g].box.left < box->right - 1) continue;
        pdf_split_fragment(text, label, g);
        return;
    }
}

/// Puts the mark of a check box at the start of its label.
static void add_mark(size_t label, const struct overlay *overlay) {
    size_t at = text->fragments[label].first;
    pdf_grow(&text->glyphs, text->glyph_count, &text->glyph_capacity, sizeof *text->glyphs);
    struct pdf_glyph *glyph = &text->glyphs[at];
    memmove(glyph + 1, glyph, (text->glyph_count - at) * sizeof *glyph);
    text->glyph_count++;
    glyph[0] = (struct pdf_glyph){overlay->units[0], overlay->box, glyph[1].after_blank};
    glyph[1].after_blank = true;
    for (size_t i = 0; i < text->fragment_count; i++) {
        struct pdf_fragment *fragment = &text->fragments[i];
        if (i != label && fragment->first >= at) fragment->first++;
        if (fragment->end > at) fragment->end++;
    }
    struct pdf_fragment *fragment = &text->fragments[label];
    fragment->box.left = fminf(fragment->box.left, overlay->box.left);
}

/// Places a value before or after its label.
static void place(const struct overlay *overlay) {
    const struct pdf_box *box = &overlay->box;
    long right = overlay->is_mark ? label_beside(box, true) : -1;
    bool near_right = right >= 0 && text->fragments[right].box.left - box->right < 30;
    if (near_right) {
        add_mark((size_t)right, overlay);
        return;
    }
    long left = label_beside(box, false);
    long label = left >= 0 ? left : label_above(box);
    if (overlay->is_note) {
        const struct pdf_fragment *fragment = left >= 0 ? &text->fragments[left] : NULL;
        bool is_label = fragment && fragment->end - fragment->first <= label_glyphs_max &&
            box->left - fragment->box.right < 60 && box->left > fragment->box.right - 2;
        label = is_label ? left : -1;
    }
    if (label < 0 && overlay->is_mark && overlay->units[0] == 0x2610) return;
    if (label < 0) {
        float size = fmaxf(4, fminf(10, box->top - box->bottom));
        add_fragment(overlay, box->top - size, size);
        return;
    }
    if (left >= 0 && text->fragments[left].box.right > box->right) cut_label((size_t)left, box);
    float size = text->fragments[label].size;
    float baseline = left >= 0 ? text->fragments[label].baseline : box->top - size;
    add_fragment(overlay, baseline, size);
    size_t count = text->fragment_count;
    struct pdf_fragment *value = &text->fragments[count - 1];
    size_t at = (size_t)label + 1;
    while (at + 1 < count && text->fragments[at].is_overlay && text->fragments[at].continues) at++;
    value->continues = true;
    move_last(at);
}

static bool is_hidden(pdf_annotation annotation) {
    return pdfium.Annot_GetFlags(annotation) & (flag_hidden | flag_no_view);
}

static void read_annotation(pdf_annotation annotation, pdf_form form) {
    int type = pdfium.Annot_GetSubtype(annotation);
    bool is_note = type == type_note || type == type_free_text || type == type_stamp;
    if (!is_note && !(type == type_widget && form)) return;
    struct pdf_rect rect;
    if (!pdfium.Annot_GetRect(annotation, &rect)) return;
    struct pdf_value value = is_note ? pdf_note_value(annotation)
                                     : pdf_field_value(annotation, form);
    if (value.count && is_hidden(annotation)) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, text->number + 1);
    } else if (value.count) {
        struct overlay overlay = {
            pdf_page_box(text, rect.left, fminf(rect.bottom, rect.top), rect.right,
                         fmaxf(rect.bottom, rect.top)),
            value.units, value.count, value.is_mark, is_note};
        place(&overlay);
    }
    free(value.units);
}

void pdf_read_overlays(struct pdf_page_text *page_text, pdf_page page, pdf_form form) {
    text = page_text;
    int count = pdfium.Page_GetAnnotCount(page);
    if (count > annotations_max) {
        report_warning(WARNING_PART_UNSUPPORTED, text->number + 1);
        count = annotations_max;
    }
    for (int i = 0; i < count; i++) {
        pdf_annotation annotation = pdfium.Page_GetAnnot(page, i);
        if (!annotation) continue;
        read_annotation(annotation, form);
        pdfium.Page_CloseAnnot(annotation);
    }
}
