// A page's text, turned upright, in buffers that the next page uses again.
#include <math.h>
#include <string.h>

#include "pdf_page.h"

enum { direction_samples = 24 };

void pdf_grow(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return;
    *capacity = *capacity * 2 + 256;
    void *grown = checked_realloc(*(void **)items, *capacity, size);
    memcpy(items, &grown, sizeof grown);
}

struct pdf_fragment *pdf_begin_fragment(struct pdf_page_text *text) {
    pdf_grow(&text->fragments, text->fragment_count, &text->fragment_capacity,
             sizeof *text->fragments);
    struct pdf_fragment *fragment = &text->fragments[text->fragment_count++];
    *fragment = (struct pdf_fragment){
        .first = text->glyph_count, .end = text->glyph_count, .content = -1, .region = -1,
        .box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
    return fragment;
}

static void widen(struct pdf_box *box, const struct pdf_box *by) {
    box->left = fminf(box->left, by->left);
    box->bottom = fminf(box->bottom, by->bottom);
    box->right = fmaxf(box->right, by->right);
    box->top = fmaxf(box->top, by->top);
}

struct pdf_glyph *pdf_add_glyph(struct pdf_page_text *text, uint32_t unicode,
                                struct pdf_box box) {
    pdf_grow(&text->glyphs, text->glyph_count, &text->glyph_capacity, sizeof *text->glyphs);
    struct pdf_glyph *glyph = &text->glyphs[text->glyph_count++];
    *glyph = (struct pdf_glyph){.unicode = unicode, .box = box};
    struct pdf_fragment *fragment = &text->fragments[text->fragment_count - 1];
    fragment->end = text->glyph_count;
    widen(&fragment->box, &box);
    return glyph;
}

void pdf_split_fragment(struct pdf_page_text *text, size_t fragment, size_t glyph) {
    pdf_grow(&text->fragments, text->fragment_count, &text->fragment_capacity,
             sizeof *text->fragments);
    struct pdf_fragment *left = &text->fragments[fragment], *right = left + 1;
    size_t after = text->fragment_count - fragment - 1;
    memmove(right + 1, right, after * sizeof *right);
    text->fragment_count++;
    *right = *left;
    right->continues = true;
    right->first = left->end = glyph;
    left->hyphenated = false;
    struct pdf_fragment *halves[] = {left, right};
    for (int half = 0; half < 2; half++) {
        struct pdf_fragment *part = halves[half];
        part->box = text->glyphs[part->first].box;
        for (size_t i = part->first; i < part->end; i++) widen(&part->box, &text->glyphs[i].box);
    }
}

int pdf_add_region(struct pdf_page_text *text) {
    pdf_grow(&text->regions, text->region_count, &text->region_capacity, sizeof *text->regions);
    text->regions[text->region_count] = (struct pdf_region){
        .box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
    return (int)text->region_count++;
}

struct pdf_box pdf_page_box(const struct pdf_page_text *text, float left, float bottom, float right,
                            float top) {
    const struct pdf_rect *page = &text->bounds;
    switch (text->turns) {
    case 1: return (struct pdf_box){bottom - page->bottom, page->right - right,
                                    top - page->bottom, page->right - left};
    case 2: return (struct pdf_box){page->right - right, page->top - top, page->right - left,
                                    page->top - bottom};
    case 3: return (struct pdf_box){page->top - top, left - page->left, page->top - bottom,
                                    right - page->left};
    default: return (struct pdf_box){left - page->left, bottom - page->bottom,
                                     right - page->left, top - page->bottom};
    }
}

/// Quarter turns, clockwise, that make most of the text upright.
static int upright_turns(pdf_text source, int count) {
    int votes[4] = {0}, best = 0;
    int stride = count / direction_samples + 1;
    for (int index = 0; index < count; index += stride) {
        struct pdf_matrix matrix;
        if (!pdfium.Text_GetMatrix(source, index, &matrix)) continue;
        bool flat = fabsf(matrix.a) >= fabsf(matrix.b);
        votes[flat ? (matrix.a < 0 ? 2 : 0) : (matrix.b < 0 ? 3 : 1)]++;
    }
    for (int turns = 1; turns < 4; turns++) {
        if (votes[turns] > votes[best]) best = turns;
    }
    return best;
}

/// Opens the text of a page, which pdfium reads from top to bottom of the page as it is shown.
static pdf_text open_upright(struct pdf_page_text *text, pdf_page page) {
    pdf_text source = pdfium.Text_LoadPage(page);
    text->turns = pdfium.Page_GetRotation(page);
    if (!source) return NULL;
    int count = pdfium.Text_CountChars(source);
    int turns = count ? upright_turns(source, count) : text->turns;
    if (turns == text->turns) return source;
    pdfium.Text_ClosePage(source);
    pdfium.Page_SetRotation(page, turns);
    text->turns = turns;
    return pdfium.Text_LoadPage(page);
}

bool pdf_page_read(struct pdf_page_text *text, pdf_page page, int number) {
    text->number = number;
    text->glyph_count = text->fragment_count = text->region_count = 0;
    text->across.count = text->down.count = 0;
    text->side_count = text->flow_count = 0;
    text->bounds = (struct pdf_rect){0, 792, 612, 0};
    pdfium.GetPageBoundingBox(page, &text->bounds);
    pdf_text source = open_upright(text, page);
    if (!source) return false;
    struct pdf_rect *bounds = &text->bounds;
    struct pdf_box whole =
        pdf_page_box(text, bounds->left, bounds->bottom, bounds->right, bounds->top);
    text->width = whole.right;
    text->height = whole.top;
    pdf_read_glyphs(text, source);
    pdfium.Text_ClosePage(source);
    pdf_read_tags(text, page);
    pdf_read_rules(text, page);
    return true;
}
