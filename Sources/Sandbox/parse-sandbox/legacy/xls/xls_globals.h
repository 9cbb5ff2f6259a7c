// What the sheets of a workbook share: strings, number formats and styles.
#pragma once

#include "xls_records.h"

struct format_code;

struct xls_style {
    const struct format_code *format;
    bool is_emphasised;
};

/// Reads the records before the sheets.
void xls_globals_read(void);

struct xls_sheet {
    /// Where its records begin, and its name.
    size_t at;
    char *name;
};
extern struct xls_sheet *xls_sheets;
extern size_t xls_sheet_count;

/// The style of a cell; General if the index has none.
struct xls_style xls_style(unsigned index);
/// A shared string; empty if the index has none.
const char *xls_shared_string(uint32_t index);
