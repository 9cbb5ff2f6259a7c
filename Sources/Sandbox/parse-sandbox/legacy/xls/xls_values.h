// The values of cells.
#pragma once

#include "sheet.h"
#include "xls_globals.h"

struct xls_value {
    /// What the sheet shows; empty if it shows nothing.
    struct buffer text;
    enum cell_kind kind;
    struct xls_style style;
};

/// Reads the value of the record that begins at `at`. `index` is that of the cell in a record of
/// several cells.
void xls_value_read(size_t at, size_t index, struct xls_value *value);
