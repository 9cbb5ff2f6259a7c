// Cells that cover rows below the one in which they begin, by column.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "table_row.h"

struct covers {
    struct cover {
        char *text;
        long rows;
    } *columns;
    size_t count;
};

/// Lets a cell cover its column in the next rows.
void covers_add(struct covers *covers, size_t column, const char *text, long rows);
/// Whether a cell of a row above covers the column in the current row.
bool covers_column(const struct covers *covers, size_t column);
/// Appends the texts of the cells that cover the row's next columns.
void covers_fill(struct covers *covers, struct row *row);
void covers_free(struct covers *covers);
