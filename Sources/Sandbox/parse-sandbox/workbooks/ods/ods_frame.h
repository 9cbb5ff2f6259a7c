// What an ODS workbook declares around its cells: styles, filters, embedded objects.
#pragma once

#include <stdbool.h>

/// Reads the styles and the filtered ranges of content.xml.
void ods_read_frame(void);
bool ods_is_bold(const char *style);
bool ods_is_hidden_sheet(const char *style);

/// Declares the tables of the sheet with this name.
void ods_declare_tables(const char *name);
