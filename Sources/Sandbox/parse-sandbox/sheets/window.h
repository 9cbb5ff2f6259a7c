// The rows of a sheet that have been read and not been written yet.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sheet.h"

enum cell_flags {
    CELL_IS_EMPHASISED = 1,
    /// A merged cell covers this place, from the left or from a row above.
    CELL_IS_COVERED_FROM_LEFT = 2,
    CELL_IS_COVERED_FROM_ABOVE = 4,
};

struct cell {
    /// Where the text begins in `window.texts`.
    uint32_t text;
    uint16_t column;
    uint8_t kind, flags;
};

/// A row that has cells, sorted by column.
struct line {
    long row;
    size_t first;
    uint32_t count;
    /// A blank row is above it.
    bool is_after_gap;
};

struct window {
    struct cell *cells;
    struct line *lines;
    size_t cell_count, cell_capacity, line_count, line_capacity;
    struct buffer texts;
};

extern struct window window;

/// A table that the file declares.
struct declared_table {
    struct cell_range range;
    long header_rows, label_columns;
    char *caption;
    bool is_written;
};

extern struct declared_table *declared_tables;
extern size_t declared_table_count;
/// The rows that stay in view when the sheet is scrolled.
extern long frozen_rows;
extern bool has_styles;

/// The range in the columns that are not hidden.
struct cell_range shown_range(struct cell_range range);

/// Lines from `first` to before `last`, and columns from `left` to `right`.
struct block {
    size_t first, last;
    long left, right;
};

static inline const char *text_of(const struct cell *cell) {
    return window.texts.bytes + cell->text;
}

static inline bool is_covered(const struct cell *cell) {
    return cell->flags & (CELL_IS_COVERED_FROM_LEFT | CELL_IS_COVERED_FROM_ABOVE);
}

/// The cells of a line in the columns of a block.
const struct cell *cells_of(const struct block *block, size_t line, size_t *count);
/// The cell at a column; NULL if it is empty.
const struct cell *cell_at(size_t line, long column);

/// What a line looks like within a block.
struct features {
    /// Values, each merged cell once, and how many of them are text, or numbers, dates and flags.
    size_t filled, texts, typed;
    /// The first column that has a value, and the columns of the widest merged cell.
    long column, widest;
    /// Whether all values are emphasised.
    bool is_emphasised;
    /// The first value.
    const struct cell *cell;
};

struct features features_of(const struct block *block, size_t line);
/// Cuts off the rows and columns at the edges of a block that have no values. Returns false if
/// there are no others.
bool sheet_block_trim(struct block *block);
