// Distinguishes columns of text from columns of a table: text fills its lines and runs on.
#include <math.h>
#include <stdlib.h>

#include "pdf_rows.h"

enum { prose_lines_min = 4, prose_glyphs_mean = 18, independent_rows_min = 12 };

struct column_text {
    int lines, glyphs, full, digits;
    float right;
};

static struct column_text measure(const struct pdf_run *run, int column) {
    struct column_text found = {.right = run->columns[column].right};
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        float start = INFINITY, end = -INFINITY;
        for (size_t i = 0; i < row->count; i++) {
            const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
            if (pdf_run_column(run, fragment, NULL) != column) continue;
            start = fminf(start, fragment->box.left);
            end = fmaxf(end, fragment->box.right);
            for (size_t g = fragment->first; g < fragment->end; g++) {
                uint32_t unicode = run->text->glyphs[g].unicode;
                found.digits += unicode >= '0' && unicode <= '9';
                found.glyphs++;
            }
        }
        if (end < start) continue;
        found.lines++;
        found.full += found.right - end < 3 * row->size;
    }
    return found;
}

static bool is_prose(const struct pdf_run *run, int column) {
    struct column_text found = measure(run, column);
    float width = run->columns[column].right - run->columns[column].left;
    float size = run->rows->items[run->first].size;
    return found.lines >= prose_lines_min && found.glyphs >= prose_glyphs_mean * found.lines &&
        found.full * 2 >= found.lines && width > 10 * size && found.digits * 4 < found.glyphs;
}

/// Steps between rows that are clearly larger than the smallest ones, where all columns have a
/// gap: rows of a table whose cells have several lines.
static int common_gaps(const struct pdf_run *run) {
    float least = INFINITY;
    for (size_t r = run->first + 1; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        float step = (row - 1)->baseline - row->baseline;
        if (step > 0.8f * row->size) least = fminf(least, step);
    }
    int gaps = 0;
    for (size_t r = run->first + 1; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        const struct pdf_fragment *left = pdf_row_fragment(run, row, 0);
        bool starts = row->count > 1 && pdf_run_column(run, left, NULL) == 0;
        gaps += starts && (row - 1)->baseline - row->baseline > 1.2f * least;
    }
    return gaps;
}

/// Whether the columns up to one and those after it have lines at different heights, so that they
/// are independent, although tables inside them may leave their lines short.
static bool are_independent(const struct pdf_run *run, int column) {
    int left = 0, right = 0, both = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        int first = pdf_run_column(run, pdf_row_fragment(run, row, 0), NULL);
        int last = pdf_run_column(run, pdf_row_fragment(run, row, row->count - 1), NULL);
        left += first <= column;
        right += last > column;
        both += first <= column && last > column;
    }
    float width = 0.25f * run->text->width;
    const struct pdf_box *columns = run->columns;
    bool wide = columns[column].right - columns[0].left > width &&
        columns[run->column_count - 1].right - columns[column + 1].left > width;
    return wide && left >= 5 && right >= 5 && both * 2 < (left < right ? left : right);
}

/// Makes two columns of those up to one and those after it.
static void divide_at(struct pdf_run *run, int column) {
    run->columns[0].right = run->columns[column].right;
    run->columns[1] = run->columns[column + 1];
    run->columns[1].right = run->columns[run->column_count - 1].right;
    run->column_count = 2;
}

bool pdf_has_heading_row(const struct pdf_run *run) {
    const struct pdf_row *row = &run->rows->items[run->first];
    bool bold = pdf_row_columns(run, row) == run->column_count, next_bold = true;
    for (size_t i = 0; i < row->count; i++) bold &= pdf_row_fragment(run, row, i)->bold;
    for (size_t i = 0; i < row[1].count; i++) {
        next_bold &= pdf_row_fragment(run, row + 1, i)->bold;
    }
    return bold && !next_bold && row->size < 1.04f * row[1].size;
}

bool pdf_is_column_text(struct pdf_run *run) {
    int prose = 0;
    if (pdf_has_heading_row(run)) return false;
    size_t rows = run->end - run->first;
    for (int column = 0; column < run->column_count; column++) prose += is_prose(run, column);
    for (int column = 0; column + 1 < run->column_count; column++) {
        if (rows < independent_rows_min || !are_independent(run, column)) continue;
        divide_at(run, column);
        return true;
    }
    if (prose < 2 || prose * 2 < run->column_count) return false;
    return run->column_count == 2 || (size_t)common_gaps(run) * 5 < rows;
}
