// Writes a block of cells that has no blank row or column between its parts: text above a table,
// heading rows, records, labels between them, text below.
#pragma once

#include "window.h"

/// `is_above_table`: a wider block follows, so pairs of values describe it.
void sheet_block_write(struct block block, bool is_above_table);
/// Writes lines that belong to the table that is open in these columns, whatever they look like.
void sheet_block_continue(struct block block);
