// The meaning of a spreadsheet's number. Its cell style makes it a date, a time or a percentage.
#pragma once

#include "buffer.h"

void number_formats_read(const char *part);
/// Dates count from 1904 rather than 1900.
void number_formats_use_1904(void);
/// Appends a stored number as a reader would see it: 2026-11-23, 14:30:00, 12.5%.
void append_number(struct buffer *target, const char *stored, long style);
