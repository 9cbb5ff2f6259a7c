// A row of a table while it is read.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Further cells of a row are left out.
enum { row_columns_max = 16384 };

struct row {
    char **cells;
    /// Whether a cell over several columns covers the place.
    bool *are_wide;
    size_t count, capacity;
    /// Cells that begin in this row and have text, and the columns that the widest of them covers.
    size_t texts, widest;
    bool is_marked;
};

void row_append(struct row *row, const char *text, bool is_wide);
void row_clear(struct row *row);
/// The columns up to the last one that has text.
size_t row_filled(const struct row *row);
/// Appends the row as Markdown, with at least `columns` cells.
void row_write(struct buffer *line, const struct row *row, size_t columns);
