#include "ppt_table.h"

#include <stdlib.h>

#include "writer.h"

/// Larger groups are cut.
enum { cells_max = 20000 };

struct cell {
    struct ppt_place place;
    struct view shape;
};

static int in_order(const void *left, const void *right) {
    const struct ppt_place *a = &((const struct cell *)left)->place;
    const struct ppt_place *b = &((const struct cell *)right)->place;
    if (a->top != b->top) return a->top < b->top ? -1 : 1;
    return (a->left > b->left) - (a->left < b->left);
}

static int ascending(const void *left, const void *right) {
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/// The distinct numbers, in ascending order.
static size_t distinct(int *numbers, size_t count) {
    qsort(numbers, count, sizeof *numbers, ascending);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!kept || numbers[i] != numbers[kept - 1]) numbers[kept++] = numbers[i];
    }
    return kept;
}

/// How many of the ascending numbers are from `first` to before `end`.
static long between(const int *numbers, size_t count, int first, int end) {
    long found = 0;
    for (size_t i = 0; i < count; i++) found += numbers[i] >= first && numbers[i] < end;
    return found ? found : 1;
}

/// The shapes of the cells, which all have a text. Lines between cells have none.
static struct cell *cells_of(struct view group, size_t *count) {
    struct cell *cells = NULL;
    struct ppt_record record;
    bool is_first = true;
    *count = 0;
    for (size_t at = 0; ppt_next(group, &at, &record) && *count < cells_max;) {
        bool is_group_itself = is_first;
        is_first = false;
        if (record.type != PPT_SHAPE || is_group_itself) continue;
        if (!ppt_child(record.data, PPT_SHAPE_TEXT).length) continue;
        if ((*count & (*count - 1)) == 0) {
            cells = checked_realloc(cells, *count * 2 + 1, sizeof *cells);
        }
        cells[(*count)++] = (struct cell){ppt_shape_place(record.data), record.data};
    }
    if (*count) qsort(cells, *count, sizeof *cells, in_order);
    return cells;
}

void ppt_table_write(struct view group) {
    size_t count;
    struct cell *cells = cells_of(group, &count);
    int *lefts = checked_realloc(NULL, count, sizeof *lefts);
    int *tops = checked_realloc(NULL, count, sizeof *tops);
    for (size_t i = 0; i < count; i++) {
        lefts[i] = cells[i].place.left;
        tops[i] = cells[i].place.top;
    }
    size_t columns = distinct(lefts, count), rows = distinct(tops, count);
    table_begin();
    for (size_t i = 0; i < count; i++) {
        struct ppt_place place = cells[i].place;
        struct buffer text = {0};
        ppt_shape_text(cells[i].shape, &text);
        table_merged_cell(&text, between(lefts, columns, place.left, place.right),
                          between(tops, rows, place.top, place.bottom));
        buffer_free(&text);
        bool ends_row = i + 1 == count || cells[i + 1].place.top != place.top;
        if (ends_row) table_row_end();
    }
    table_end();
    free(cells);
    free(lefts);
    free(tops);
}
