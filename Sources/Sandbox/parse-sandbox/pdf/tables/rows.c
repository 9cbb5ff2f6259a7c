// Sorts fragments into rows, and finds runs of rows with common gaps.
#include "pdf_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// The narrowest gap between columns, and the widest step to the next row, in sizes of letters.
static const float gutter_min = 0.2f, step_max = 5;

static const struct pdf_page_text *text;

static int by_height(const void *left, const void *right) {
    const struct pdf_fragment *a = &text->fragments[*(const size_t *)left];
    const struct pdf_fragment *b = &text->fragments[*(const size_t *)right];
    if (a->baseline != b->baseline) return a->baseline > b->baseline ? -1 : 1;
    return (a->box.left > b->box.left) - (a->box.left < b->box.left);
}

static int by_left(const void *left, const void *right) {
    const struct pdf_fragment *a = &text->fragments[*(const size_t *)left];
    const struct pdf_fragment *b = &text->fragments[*(const size_t *)right];
    return (a->box.left > b->box.left) - (a->box.left < b->box.left);
}

struct pdf_rows pdf_sort_rows(const struct pdf_page_text *page_text,
                              const struct pdf_fragment *like) {
    text = page_text;
    struct pdf_rows rows = {0};
    rows.indices = checked_realloc(NULL, text->fragment_count + 1, sizeof *rows.indices);
    rows.items = checked_realloc(NULL, text->fragment_count + 1, sizeof *rows.items);
    size_t count = 0;
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        bool wanted = fragment->region == like->region &&
            (like->region < 0 ? fragment->side == like->side : fragment->row == like->row);
        if (wanted && !fragment->vertical) rows.indices[count++] = i;
    }
    qsort(rows.indices, count, sizeof *rows.indices, by_height);
    for (size_t i = 0; i < count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[rows.indices[i]];
        struct pdf_row *last = rows.count ? &rows.items[rows.count - 1] : NULL;
        float size = fragment->size > 1 ? fragment->size : 1;
        if (last && last->baseline - fragment->baseline < 0.35f * fminf(size, last->size)) {
            last->count++;
            last->size = fmaxf(last->size, size);
            continue;
        }
        rows.items[rows.count++] = (struct pdf_row){
            .first = i, .count = 1, .baseline = fragment->baseline, .size = size};
    }
    for (size_t i = 0; i < rows.count; i++) {
        qsort(rows.indices + rows.items[i].first, rows.items[i].count, sizeof *rows.indices,
              by_left);
    }
    return rows;
}

void pdf_free_rows(struct pdf_rows *rows) {
    free(rows->indices);
    free(rows->items);
}

/// Adds a span to sorted, separate columns, and joins those that it touches. Returns the count.
static int cover(struct pdf_box *columns, int count, const struct pdf_box *box, float gutter) {
    struct pdf_box joined = *box;
    int at = 0;
    for (int i = 0; i < count; i++) {
        if (columns[i].right + gutter < box->left || columns[i].left - gutter > box->right) {
            columns[at++] = columns[i];
        } else {
            joined.left = fminf(joined.left, columns[i].left);
            joined.right = fmaxf(joined.right, columns[i].right);
        }
    }
    count = at + 1;
    for (; at > 0 && columns[at - 1].left > joined.left; at--) columns[at] = columns[at - 1];
    columns[at] = joined;
    return count;
}

/// The columns of the run with one more row.
static int cover_row(struct pdf_box *columns, int count, const struct pdf_run *run,
                     const struct pdf_row *row) {
    for (size_t i = 0; i < row->count; i++) {
        if (count >= run_columns_max - 1) return 0;
        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
        count = cover(columns, count, &fragment->box, gutter_min * fminf(row->size, 14));
    }
    return count;
}

/// How many rows have both of two columns next to each other. A narrow gap does not count if it is
/// the only one: the words of a heading above one column.
static int common_rows(const struct pdf_run *run, int column) {
    int count = 0, narrow = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        float left = -INFINITY, right = INFINITY;
        for (size_t i = 0; i < row->count; i++) {
            const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
            int span, at = pdf_run_column(run, fragment, &span);
            if (at <= column && column < at + span) left = fragment->box.right;
            bool is_right = at <= column + 1 && column + 1 < at + span;
            if (is_right) right = fminf(right, fragment->box.left);
        }
        if (isinf(left) || isinf(right)) continue;
        count++;
        narrow += right - left < 0.5f * row->size;
    }
    return count == 1 && narrow == 1 ? 0 : count;
}

/// Joins columns next to each other that no row has both of: a heading at the left of its column
/// above figures at the right.
static void join_columns(struct pdf_run *run) {
    for (int column = 0; column + 1 < run->column_count; column++) {
        if (common_rows(run, column)) continue;
        run->columns[column].right = run->columns[column + 1].right;
        run->column_count--;
        memmove(&run->columns[column + 1], &run->columns[column + 2],
                (size_t)(run->column_count - column - 1) * sizeof *run->columns);
        column--;
    }
}

/// Whether a row is a title between two tables: one text at the left, apart from the rows above it,
/// and larger or bold where they are not.
static bool is_title(const struct pdf_run *run, const struct pdf_row *row) {
    const struct pdf_row *above = row - 1;
    if (row->count > 1 || run->end - run->first < 2) return false;
    const struct pdf_fragment *text = pdf_row_fragment(run, row, 0);
    const struct pdf_fragment *last = pdf_row_fragment(run, above, 0);
    if (text->box.left > run->columns[0].left + row->size) return false;
    float step = above->baseline - row->baseline, widest = 0;
    for (size_t r = run->first + 1; r < run->end; r++) {
        const struct pdf_row *at = &run->rows->items[r];
        widest = fmaxf(widest, (at - 1)->baseline - at->baseline);
    }
    if (step > 1.5f * widest) return true;
    bool styled = text->size > 1.08f * above->size || (text->bold && !last->bold);
    return styled && step > 1.2f * ((above - 1)->baseline - above->baseline);
}

/// Adds rows while they leave the gaps free; all of them, or at least one if `loose`.
static void extend(struct pdf_run *run, bool loose) {
    for (; run->end < run->rows->count; run->end++) {
        const struct pdf_row *row = &run->rows->items[run->end], *above = row - 1;
        float step = above->baseline - row->baseline;
        if (step > step_max * fmaxf(row->size, above->size)) return;
        if (!loose && is_title(run, row)) return;
        struct pdf_box columns[run_columns_max];
        memcpy(columns, run->columns, sizeof columns);
        int count = cover_row(columns, run->column_count, run, row);
        // The gaps of a justified line are in other places than those of the table above it.
        bool many_more = run->end - run->first > 2 && count > run->column_count + 1;
        if (many_more && !loose) return;
        bool is_beginning = run->end - run->first <= 2 && row->count > 1;
        if (count < run->column_count && !is_beginning && !loose) join_columns(run);
        bool fewer = count < run->column_count;
        if (count < 2 || (fewer && !is_beginning && !loose)) return;
        memcpy(run->columns, columns, sizeof columns);
        run->column_count = count;
    }
}

static bool run_from(struct pdf_run *run, size_t first, bool loose) {
    run->first = first;
    run->end = first + 1;
    run->column_count = cover_row(run->columns, 0, run, &run->rows->items[first]);
    if (run->column_count < 2) return false;
    extend(run, loose);
    return run->end - run->first >= 2;
}

/// Adds rows above the first one that leave the gaps free: those that are so near that they are
/// centred next to it, or all of them if `loose`.
static void extend_upwards(struct pdf_run *run, size_t first, bool loose) {
    while (run->first > first) {
        const struct pdf_row *row = &run->rows->items[run->first - 1], *below = row + 1;
        struct pdf_box columns[run_columns_max];
        memcpy(columns, run->columns, sizeof columns);
        int count = cover_row(columns, run->column_count, run, row);
        float limit = loose ? step_max : 0.8f, size = fminf(row->size, below->size);
        bool is_near = row->baseline - below->baseline < limit * size;
        if (!is_near || count < 2 || (count != run->column_count && !loose)) return;
        memcpy(run->columns, columns, sizeof columns);
        run->column_count = count;
        run->first--;
    }
}

bool pdf_next_run(struct pdf_run *run, size_t first) {
    size_t start = first;
    for (; first + 1 < run->rows->count; first++) {
        if (run->rows->items[first].count < 2 || !run_from(run, first, false)) continue;
        // Headings of groups of columns cover the gaps between the columns below them.
        struct pdf_run below = *run;
        for (size_t next = first + 1; next <= first + 2 && next + 1 < run->end; next++) {
            bool more = run_from(&below, next, false) && below.end >= run->end &&
                below.column_count > run->column_count;
            if (more) *run = below;
        }
        run->first = first;
        join_columns(run);
        extend_upwards(run, start, false);
        if (run->column_count >= 2) return true;
    }
    return false;
}

bool pdf_next_flow(struct pdf_run *run, size_t first) {
    for (; first + 1 < run->rows->count; first++) {
        if (run->rows->items[first].count < 2) continue;
        if (run_from(run, first, true)) return true;
    }
    return false;
}

void pdf_extend_flow(struct pdf_run *run, size_t first) { extend_upwards(run, first, true); }

int pdf_run_column(const struct pdf_run *run, const struct pdf_fragment *fragment, int *span) {
    int column = 0;
    while (column + 1 < run->column_count &&
           fragment->box.left > run->columns[column].right) column++;
    int last = column;
    while (last + 1 < run->column_count &&
           fragment->box.right > run->columns[last + 1].left) last++;
    if (span) *span = last - column + 1;
    return column;
}

int pdf_row_columns(const struct pdf_run *run, const struct pdf_row *row) {
    int count = 0, last = -1;
    for (size_t i = 0; i < row->count; i++) {
        int column = pdf_run_column(run, pdf_row_fragment(run, row, i), NULL);
        count += column != last;
        last = column;
    }
    return count;
}
