#include "regions.h"

#include <stdlib.h>
#include <string.h>

#include "sheet_blocks.h"
#include "headings.h"
#include "pairs.h"
#include "sheet_tables.h"

enum { parts_max = 16, depth_max = 6, heading_lines_max = 5, gaps_max = 64 };

struct parts {
    struct block items[parts_max];
    size_t count;
};

/// The parts that were open at the end of the lines written before.
static struct parts open_parts;

/// What a part of a block between blank columns looks like.
struct outline {
    size_t first, last, lines, singles;
    /// The part has blank rows inside, where its neighbour has none.
    bool has_gaps;
    /// The first column has a text or a date in nearly each row: the part names its own rows.
    bool has_keys;
    bool has_heading, has_typed;
};

static struct outline outline_of(const struct block *part) {
    struct outline outline = {.first = part->last};
    size_t keys = 0;
    for (size_t line = part->first; line < part->last; line++) {
        struct features features = features_of(part, line);
        if (!features.filled) continue;
        if (!outline.lines++) {
            outline.first = line;
            outline.has_heading = features.texts == features.filled;
        }
        else outline.has_gaps |= line != outline.last + 1;
        outline.last = line;
        outline.singles += features.filled == 1;
        outline.has_typed |= features.typed > 0;
        bool is_named = features.column == part->left && features.cell->kind != CELL_NUMBER;
        keys += is_named && features.cell->kind != CELL_MARK;
    }
    outline.has_keys = keys * 10 >= outline.lines * 8;
    return outline;
}

static size_t difference(size_t a, size_t b) { return a > b ? a - b : b - a; }

/// Whether the part right of a blank column is a table, or a list of pairs, of its own. If it is
/// not, each value is nevertheless under its own heading, as one table with an empty column.
static bool stands_alone(const struct block *left, const struct block *right) {
    if (left->right == left->left || right->right == right->left) return false;
    struct outline l = outline_of(left), r = outline_of(right);
    if (l.lines < 2 || r.lines < 2 || !(l.has_keys || l.has_heading)) return false;
    // Remarks beside some rows have gaps and few values.
    if (r.has_gaps && r.first == l.first && r.singles * 2 > r.lines) return false;
    if (!r.has_heading && !r.has_keys) return false;
    // A heading row beside records is that of another table; beside a label it need not be.
    bool begins_beside_records = (r.first > l.first && features_of(left, r.first).typed) ||
        (l.first > r.first && features_of(right, l.first).typed);
    bool ends_differ = difference(l.last, r.last) > 1 || begins_beside_records;
    return r.has_keys ? r.has_typed || ends_differ : ends_differ;
}

/// The columns of a block that have values.
static bool *filled_columns(const struct block *block) {
    size_t width = (size_t)(block->right - block->left + 1);
    bool *filled = checked_realloc(NULL, width, 1);
    memset(filled, 0, width);
    for (size_t line = block->first; line < block->last; line++) {
        size_t count;
        const struct cell *cells = cells_of(block, line, &count);
        for (size_t i = 0; i < count; i++) filled[cells[i].column - block->left] = true;
    }
    return filled;
}

/// Splits a block at those blank columns that separate tables.
static struct parts split_columns(const struct block *block) {
    bool *filled = filled_columns(block);
    struct parts parts = {.count = 1};
    struct block *last = parts.items;
    *last = *block;
    long end = block->left;
    while (end <= block->right && filled[end - block->left]) end++;
    for (int gaps = 0; end <= block->right && parts.count < parts_max && gaps < gaps_max; gaps++) {
        struct block left = *last, right = *block;
        left.right = end - 1;
        right.left = end;
        while (!filled[right.left - block->left]) right.left++;
        end = right.left;
        while (end <= block->right && filled[end - block->left]) end++;
        right.right = end - 1;
        if (!stands_alone(&left, &right)) continue;
        last->right = left.right;
        last = &parts.items[parts.count++];
        *last = right;
        last->right = block->right;
    }
    free(filled);
    return parts;
}

static void write_region(struct block region, int depth);

/// Writes lines between blank rows. `is_above_table`: a table follows below a blank row.
static void write_run(struct block run, bool is_above_table, int depth) {
    if (!sheet_block_trim(&run)) return;
    struct block rest = run;
    while (rest.first + 1 < rest.last && features_of(&rest, rest.first).filled == 1) rest.first++;
    struct parts parts = {.count = 1};
    if (depth < depth_max && sheet_block_trim(&rest)) parts = split_columns(&rest);
    if (parts.count == 1) {
        sheet_block_write(run, is_above_table);
        return;
    }
    for (size_t line = run.first; line < rest.first; line++) pair_write(&run, line);
    for (size_t i = 0; i < parts.count; i++) write_region(parts.items[i], depth + 1);
    if (depth == 0) open_parts = parts;
}

/// Whether two lines have several values each, and no column in common: the corners of two tables.
static bool are_corners(const struct block *region, size_t above, size_t below) {
    size_t upper_count, lower_count;
    const struct cell *upper = cells_of(region, above, &upper_count);
    const struct cell *lower = cells_of(region, below, &lower_count);
    if (upper_count < 2 || lower_count < 2) return false;
    return upper[upper_count - 1].column < lower[0].column ||
        lower[lower_count - 1].column < upper[0].column;
}

/// The line after the last one before a blank row.
static size_t end_of_run(const struct block *region, size_t first) {
    size_t end = first + 1, count;
    while (end < region->last && !window.lines[end].is_after_gap) {
        cells_of(region, end, &count);
        if (!count || are_corners(region, end - 1, end)) break;
        end++;
    }
    return end;
}

/// Whether a heading row, perhaps with labels above it, is above a blank row, and its records are
/// below.
static bool heads_next_run(const struct block *region, size_t first, size_t end, size_t next) {
    if (end > first + heading_lines_max) return false;
    struct block both = {first, end_of_run(region, next), region->left, region->right};
    struct features records = features_of(region, next);
    sheet_block_trim(&both);
    for (size_t line = first; line < end; line++) {
        if (features_of(&both, line).typed) return false;
    }
    struct features heading = features_of(&both, end - 1);
    bool fits = heading.filled >= 2 && records.typed && heading.filled * 10 >= records.filled * 6;
    return fits && heading_evidence(&both, end - 1, next, both.last) == HEADING_YES;
}

/// The most values that a line has.
static size_t width_of_run(const struct block *region, size_t first, size_t end) {
    size_t width = 0;
    for (size_t line = first; line < end; line++) {
        size_t filled = features_of(region, line).filled;
        if (filled > width) width = filled;
    }
    return width;
}

static void write_region(struct block region, int depth) {
    size_t line = region.first;
    while (line < region.last) {
        if (!features_of(&region, line).filled) {
            line++;
            continue;
        }
        size_t end = end_of_run(&region, line), next = end;
        while (next < region.last && !features_of(&region, next).filled) next++;
        if (next < region.last && heads_next_run(&region, line, end, next)) {
            end = end_of_run(&region, next);
            next = end;
        }
        bool is_above = next < region.last &&
            width_of_run(&region, next, end_of_run(&region, next)) > 2;
        open_parts.count = 0;
        write_run((struct block){line, end, region.left, region.right}, is_above, depth);
        line = end;
    }
}

/// Writes the lines that go on where the lines written before ended.
static size_t continue_parts(size_t end) {
    size_t last = 0;
    while (last < end && (last == 0 || !window.lines[last].is_after_gap)) last++;
    for (size_t i = 0; i < open_parts.count; i++) {
        long left = i ? open_parts.items[i].left : 0;
        bool is_last = i + 1 == open_parts.count;
        long right = is_last ? sheet_columns_max - 1 : open_parts.items[i + 1].left - 1;
        sheet_block_continue((struct block){0, last, left, right});
    }
    return last;
}

void regions_write(size_t end, bool goes_on) {
    static bool is_open;
    size_t first = is_open && end ? continue_parts(end) : 0;
    struct parts parts = open_parts;
    if (first < end) {
        write_region((struct block){first, end, 0, sheet_columns_max - 1}, 0);
        parts = open_parts;
        if (!parts.count) parts = (struct parts){.count = 1};
    }
    open_parts = parts;
    is_open = goes_on;
}
