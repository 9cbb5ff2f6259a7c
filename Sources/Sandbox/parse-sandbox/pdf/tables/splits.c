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

/// The column of a place; the gaps belong to the nearer one.
static int column_near(const struct pdf_run *run, float x) {
    int column = 0;
    while (column + 1 < run->column_count &&
           x > (run->columns[column].right + run->columns[column + 1].left) / 2) column++;
    return column;
}

/// The first glyph of a fragment that is in another column than the one before it, or 0.
static size_t column_change(const struct pdf_run *run, const struct pdf_fragment *fragment) {
    size_t change = 0;
    int last = column_near(run, run->text->glyphs[fragment->first].box.left);
    for (size_t g = fragment->first; g < fragment->end; g++) {
        const struct pdf_glyph *glyph = &run->text->glyphs[g];
        int column = column_near(run, (glyph->box.left + glyph->box.right) / 2);
        if (column == last) continue;
        // A word across a gap belongs to no column.
        if (!glyph->after_blank) return 0;
        if (!change) change = g;
        last = column;
    }
    return change;
}

bool pdf_split_heading(struct pdf_page_text *text, const struct pdf_run *run) {
    if (!run->first) return false;
    const struct pdf_row *row = &run->rows->items[run->first - 1], *below = row + 1;
    float step = row->baseline - below->baseline;
    if (step > 2.5f * row->size || (int)row->count >= run->column_count) return false;
    bool below_bold = true;
    for (size_t i = 0; i < below->count; i++) below_bold &= pdf_row_fragment(run, below, i)->bold;
    for (size_t i = 0; i < row->count; i++) {
        if (below_bold || !pdf_row_fragment(run, row, i)->bold) return false;
    }
    for (size_t i = 0; i < row->count; i++) {
        size_t change = column_change(run, pdf_row_fragment(run, row, i));
        if (!change) continue;
        pdf_split_fragment(text, run->rows->indices[row->first + i], change);
        return true;
    }
    return false;
}
