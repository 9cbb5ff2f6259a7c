// Heading rows that name groups of columns, such as "2026" above "Plan" and "Actual".
#pragma once

#include "window.h"

/// Whether a line names groups of the columns whose names are in the line below.
bool names_groups(const struct block *block, size_t line);

/// Sets the name of the group of each column of the block, or NULL. Merged cells state the columns
/// of a group. Otherwise these are the columns up to the next name, or up to an empty column.
void group_names(const struct block *block, size_t line, const char **names);
