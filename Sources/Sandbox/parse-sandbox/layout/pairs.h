// Lines around tables: titles, notes, and pairs of a name and a value.
#pragma once

#include "window.h"

/// Whether a line is one pair in neighbouring cells, such as "Prepared by | D. Okonjo".
bool is_pair(const struct block *block, size_t line);
/// Writes a line as text: "Prepared by: D. Okonjo".
void pair_write(const struct block *block, size_t line);
/// Writes a block that is text or pairs. Returns false if it is a table.
bool sheet_block_write_pairs(const struct block *block, bool is_above_table);
