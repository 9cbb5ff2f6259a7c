// Cuts a sheet into blocks at blank rows and blank columns.
#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Writes the lines of the window before `end`. If `goes_on`, the lines below them may belong to
/// the same tables.
void regions_write(size_t end, bool goes_on);
