#include "merges.h"

#include <stdlib.h>
#include <string.h>

#include "window.h"

enum {
    merges_max = 1 << 20,
    /// The columns in which the text of one merged cell is repeated.
    columns_max = 256,
    /// A longer text is written once, and not in each place that it covers.
    repeated_bytes_max = 256,
};

/// The places of a document to which texts are copied.
static size_t covers_left = 1 << 22;

struct merge {
    struct cell_range range;
    char *text;
    int kind, flags;
};

static struct merge *merges;
static size_t count, capacity, next;
static bool is_sorted;

/// The merged cells that have begun and go on below.
static size_t *active, active_count, active_capacity;

/// Where `merges_next` is: in the active ones, then in those that begin in this row.
static size_t at;
static long row, column;

void sheet_merge(struct cell_range range) {
    range = shown_range(range);
    bool is_single = range.first_row >= range.last_row && range.first_column >= range.last_column;
    is_single |= range.last_column < range.first_column;
    if (count == merges_max || is_single) return;
    if (count == capacity) {
        capacity = capacity * 2 + 64;
        merges = checked_realloc(merges, capacity, sizeof *merges);
    }
    if (range.last_column >= range.first_column + columns_max) {
        range.last_column = range.first_column + columns_max - 1;
    }
    merges[count++] = (struct merge){.range = range};
    is_sorted = false;
}

static int compare(const void *a, const void *b) {
    const struct cell_range *left = &((const struct merge *)a)->range;
    const struct cell_range *right = &((const struct merge *)b)->range;
    if (left->first_row != right->first_row) return left->first_row < right->first_row ? -1 : 1;
    return (left->first_column > right->first_column) - (left->first_column < right->first_column);
}

void merges_begin_row(long new_row) {
    if (!is_sorted && count) qsort(merges + next, count - next, sizeof *merges, compare);
    is_sorted = true;
    size_t kept = 0;
    for (size_t i = 0; i < active_count; i++) {
        if (merges[active[i]].range.last_row >= new_row) active[kept++] = active[i];
    }
    active_count = kept;
    while (next < count && merges[next].range.first_row < new_row) next++;
    row = new_row;
    at = 0;
    column = -1;
}

/// The merged cell at which `merges_next` is; NULL after the last one.
static struct merge *current(void) {
    if (at < active_count) return &merges[active[at]];
    size_t begins = next + at - active_count;
    bool fits = begins < count && merges[begins].range.first_row == row;
    return fits ? &merges[begins] : NULL;
}

static void activate(size_t index) {
    if (active_count == active_capacity) {
        active_capacity = active_capacity * 2 + 64;
        active = checked_realloc(active, active_capacity, sizeof *active);
    }
    active[active_count++] = index;
}

/// Adds the merged cells that begin in this row to the active ones.
static void end_row(void) {
    size_t index = next;
    for (; index < count && merges[index].range.first_row == row; index++) {
        if (merges[index].text && merges[index].range.last_row > row) activate(index);
    }
    next = index;
    at = active_count;
    row = -1;
}

bool merges_next(struct cover *cover) {
    for (struct merge *merge; row >= 0 && (merge = current()); at++, column = -1) {
        bool begins = at >= active_count;
        if (begins && column < 0) {
            column = merge->range.first_column;
            *cover = (struct cover){.column = column, .is_anchor = true};
            return true;
        }
        column = column < 0 ? merge->range.first_column : column + 1;
        if (!merge->text || column > merge->range.last_column || !covers_left) continue;
        covers_left--;
        bool is_left = column > merge->range.first_column;
        *cover = (struct cover){
            .column = column, .text = merge->text, .kind = merge->kind,
            .flags = merge->flags | (is_left ? CELL_IS_COVERED_FROM_LEFT : 0) |
                (begins ? 0 : CELL_IS_COVERED_FROM_ABOVE),
        };
        return true;
    }
    if (row >= 0) end_row();
    return false;
}

void merges_keep(const char *text, int kind, int flags) {
    struct merge *merge = current();
    merge->text = strlen(text) > repeated_bytes_max ? NULL : checked_copy(text);
    merge->kind = kind;
    merge->flags = flags;
}

bool merges_fill(long first_row, long last_row) {
    for (size_t i = 0; i < active_count; i++) {
        const struct cell_range *range = &merges[active[i]].range;
        if (range->first_row < first_row && range->last_row >= last_row) return true;
    }
    return false;
}

void merges_clear(void) {
    for (size_t i = 0; i < count; i++) free(merges[i].text);
    count = next = active_count = 0;
}
