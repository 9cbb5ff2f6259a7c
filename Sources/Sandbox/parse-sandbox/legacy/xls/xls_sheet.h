// One sheet of a workbook.
#pragma once

#include <stddef.h>

/// Writes the cells, comments, text boxes and charts of the sheet whose records begin at `at`.
void xls_sheet_write(size_t at);
