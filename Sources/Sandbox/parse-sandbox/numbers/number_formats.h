// The numbers of spreadsheets as a sheet shows them: 01067, 1,234.50 EUR, 12.5%, 2026-11-23, 7:30.
#pragma once

#include "sheet.h"

struct format_code;

/// The format of a code such as `#,##0.00`. The result lives as long as the process.
const struct format_code *number_format_of_code(const char *code);
/// The format of an id below 164, whose code no file states; General if the id has none.
const struct format_code *number_format_of_id(long id);

/// Dates count from 1904 rather than 1900.
void number_formats_use_1904(void);

/// Appends a stored number as the format shows it. A date is in ISO form whatever its format.
enum cell_kind append_number(struct buffer *target, const char *stored,
                             const struct format_code *format);
/// Appends a text as the format shows it.
void append_formatted_text(struct buffer *target, const char *text,
                           const struct format_code *format);
