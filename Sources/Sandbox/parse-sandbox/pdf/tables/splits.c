// Cuts fragments where a word begins at the left edge of a column: between narrow columns the gap
// is not wider than a blank.
#include <math.h>
#include <stdlib.h>

#include "pdf_rows.h"

enum { starts_min = 2 };
/// How exactly the places match, and how far away the other rows are, in sizes of letters. Letters
/// begin a little to the right of their places.
static const float slack = 0.13f, nearby = 7;

/// A place where text begins after a wide gap.
struct start { float x, y; };

static int by_place(const void *left, const void *right) {
    const struct start *a = left, *b = right;
    return (a->x > b->x) - (a->x < b->x);
}

static bool begins_column(const struct start *starts, size_t count, float x, float y, float size) {
    size_t low = 0, high = count, found = 0;
    float exactly = slack * size;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (starts[middle].x < x - exactly) low = middle + 1;
        else high = middle;
    }
    for (; low < count && starts[low].x < x + exactly && found < starts_min; low++) {
        found += fabsf(starts[low].y - y) < nearby * size;
    }
    return found >= starts_min;
}

static void split(struct pdf_page_text *text, size_t index, const struct start *starts,
                  size_t count) {
    const struct pdf_fragment *fragment = &text->fragments[index];
    for (size_t g = fragment->first + 1; g < fragment->end; g++) {
        const struct pdf_glyph *glyph = &text->glyphs[g];
        if (!glyph->after_blank || glyph->box.left < (glyph - 1)->box.right) continue;
        float x = glyph->box.left;
        if (!begins_column(starts, count, x, fragment->baseline, fragment->size)) continue;
        pdf_split_fragment(text, index, g);
        return;
    }
}

void pdf_split_at_columns(struct pdf_page_text *text) {
    struct start *starts = checked_realloc(NULL, text->fragment_count + 1, sizeof *starts);
    size_t count = 0;
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        if (!fragment->continues || fragment->region >= 0) continue;
        starts[count++] = (struct start){fragment->box.left, fragment->baseline};
    }
    qsort(starts, count, sizeof *starts, by_place);
    for (size_t i = 0; count >= starts_min && i < text->fragment_count; i++) {
        if (text->fragments[i].region < 0) split(text, i, starts, count);
    }
    free(starts);
}
