// Makes grids of rules.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_grid.h"

enum { merged_rules_max = 1500 };
/// Rules this near to each other are one, as are the borders of two cells with a gap between them.
static const float snap = 2.5f;
/// Part of a cell's side that a border covers.
static const float border_part = 0.6f;

static int by_place(const void *left, const void *right) {
    const struct pdf_rule *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static int by_start(const void *left, const void *right) {
    const struct pdf_rule *a = left, *b = right;
    return (a->from > b->from) - (a->from < b->from);
}

bool pdf_merge_rules(struct pdf_rules *rules) {
    struct pdf_rule *items = rules->items;
    if (!rules->count) return true;
    qsort(items, rules->count, sizeof *items, by_place);
    size_t kept = 0;
    for (size_t first = 0, end; first < rules->count; first = end) {
        end = first + 1;
        while (end < rules->count && items[end].at - items[end - 1].at < 0.5f &&
               items[end].at - items[first].at < snap) end++;
        float at = (items[first].at + items[end - 1].at) / 2;
        qsort(items + first, end - first, sizeof *items, by_start);
        for (size_t i = first; i < end; i++) {
            struct pdf_rule *last = kept ? &items[kept - 1] : NULL;
            if (i > first && last && items[i].from - last->to < snap) {
                last->to = fmaxf(last->to, items[i].to);
                last->is_fill_edge &= items[i].is_fill_edge;
                continue;
            }
            items[kept] = items[i];
            items[kept++].at = at;
        }
    }
    rules->count = kept;
    return kept <= merged_rules_max;
}

static int root(int *parents, int at) {
    while (parents[at] != at) at = parents[at] = parents[parents[at]];
    return at;
}

static bool touch(const struct pdf_rule *across, const struct pdf_rule *down) {
    return across->at > down->from - snap && across->at < down->to + snap &&
        down->at > across->from - snap && down->at < across->to + snap;
}

struct pdf_rule_groups pdf_group_rules(const struct pdf_page_text *text) {
    const struct pdf_rules *across = &text->across, *down = &text->down;
    size_t total = across->count + down->count;
    int *parents = checked_realloc(NULL, total + 1, sizeof *parents);
    int *numbers = checked_realloc(NULL, total + 1, sizeof *numbers);
    for (size_t i = 0; i < total; i++) parents[i] = (int)i, numbers[i] = -1;
    for (size_t i = 0; i < across->count; i++) {
        for (size_t j = 0; j < down->count; j++) {
            if (across->items[i].is_fill_edge) break;
            if (!touch(&across->items[i], &down->items[j])) continue;
            parents[root(parents, (int)i)] = root(parents, (int)(across->count + j));
        }
    }
    struct pdf_rule_groups groups = {.count = 0};
    groups.across = checked_realloc(NULL, total + 1, sizeof *groups.across);
    groups.down = groups.across + across->count;
    for (size_t i = 0; i < total; i++) {
        int *number = &numbers[root(parents, (int)i)];
        if (*number < 0) *number = groups.count++;
        groups.across[i] = *number;
    }
    free(parents);
    free(numbers);
    return groups;
}

/// Collects the places of a group's rules, each once, with the outer ends of the crossing rules.
static int edges_of(float *edges, int max, const struct pdf_rules *rules, const int *groups,
                    const struct pdf_rules *crossing, const int *crossing_groups, int group) {
    int count = 0;
    float from = INFINITY, to = -INFINITY;
    for (size_t i = 0; i < crossing->count; i++) {
        if (crossing_groups[i] != group) continue;
        from = fminf(from, crossing->items[i].from);
        to = fmaxf(to, crossing->items[i].to);
    }
    for (size_t i = 0; i < rules->count; i++) {
        if (groups[i] != group) continue;
        float at = rules->items[i].at;
        if (!count && at - from > 8) edges[count++] = from;
        if (count && at - edges[count - 1] < snap) continue;
        if (count > max) return 0;
        edges[count++] = at;
    }
    if (count && count <= max && to - edges[count - 1] > 8) edges[count++] = to;
    return count > max + 1 ? 0 : count;
}

/// Whether a rule of the group covers most of a cell's side.
static bool has_border(const struct pdf_rules *rules, const int *groups, int group, float at,
                       float from, float to) {
    float covered = 0;
    size_t low = 0, high = rules->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rules->items[middle].at < at - snap) low = middle + 1;
        else high = middle;
    }
    for (size_t i = low; i < rules->count && rules->items[i].at <= at + snap; i++) {
        const struct pdf_rule *rule = &rules->items[i];
        if (groups[i] != group) continue;
        float part = fminf(rule->to, to) - fmaxf(rule->from, from);
        if (part > 0) covered += part;
    }
    return covered > border_part * (to - from);
}

/// Merges the places of the grid that no border separates, as rectangles.
static void merge_cells(struct pdf_grid *grid, const bool *right, const bool *below) {
    int columns = grid->columns, rows = grid->rows;
    for (int i = 0; i < columns * rows; i++) grid->owners[i] = -1;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            int start = row * columns + column;
            if (grid->owners[start] >= 0) continue;
            int end = column + 1, bottom = row + 1;
            while (end < columns && !right[row * columns + end - 1] &&
                   grid->owners[row * columns + end] < 0) end++;
            for (bool open = true; bottom < rows; bottom++) {
                for (int i = column; open && i < end; i++) {
                    open = !below[(bottom - 1) * columns + i] &&
                        grid->owners[bottom * columns + i] < 0 &&
                        (i == end - 1 || !right[bottom * columns + i]);
                }
                if (!open) break;
            }
            for (int r = row; r < bottom; r++) {
                for (int c = column; c < end; c++) grid->owners[r * columns + c] = start;
            }
        }
    }
}

static void make_cells(struct pdf_grid *grid, const struct pdf_page_text *text,
                       const struct pdf_rule_groups *groups, int group) {
    size_t count = (size_t)grid->rows * (size_t)grid->columns;
    grid->owners = checked_realloc(NULL, count, sizeof *grid->owners);
    bool *right = checked_realloc(NULL, count * 2, sizeof *right), *below = right + count;
    for (int row = 0; row < grid->rows; row++) {
        for (int column = 0; column < grid->columns; column++) {
            int at = row * grid->columns + column;
            right[at] = has_border(&text->down, groups->down, group, grid->x[column + 1],
                                   grid->y[row + 1], grid->y[row]);
            below[at] = has_border(&text->across, groups->across, group, grid->y[row + 1],
                                   grid->x[column], grid->x[column + 1]);
        }
    }
    merge_cells(grid, right, below);
    free(right);
}

bool pdf_make_grid(struct pdf_grid *grid, const struct pdf_page_text *text,
                   const struct pdf_rule_groups *groups, int group) {
    grid->owners = NULL;
    grid->columns = edges_of(grid->x, grid_columns_max, &text->down, groups->down, &text->across,
                             groups->across, group) - 1;
    grid->rows = edges_of(grid->y, grid_rows_max, &text->across, groups->across, &text->down,
                          groups->down, group) - 1;
    if (grid->columns < 2 || grid->rows < 2) return false;
    for (int i = 0; i < (grid->rows + 1) / 2; i++) {
        float swap = grid->y[i];
        grid->y[i] = grid->y[grid->rows - i];
        grid->y[grid->rows - i] = swap;
    }
    make_cells(grid, text, groups, group);
    return true;
}
