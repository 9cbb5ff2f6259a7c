// Merged cells, which the file may declare in any order.
#pragma once

#include "sheet.h"

/// A place in a row that a merged cell covers, or where a merged cell begins.
struct cover {
    long column;
    bool is_anchor;
    const char *text;
    int kind, flags;
};

/// Begins the places of a row; rows only increase.
void merges_begin_row(long row);
bool merges_next(struct cover *cover);
/// Sets the value of the merged cell whose first place `merges_next` has just returned.
void merges_keep(const char *text, int kind, int flags);
/// Whether merged cells with a value cover a place in each of these rows.
bool merges_fill(long first_row, long last_row);
void merges_clear(void);
