// Tables of formats that list each place of a row, also one that a merged cell covers.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// More columns than any document shows; the rest of a row is left out.
enum { grid_columns_max = 1024 };

void grid_begin(void);
/// The cell at the next place. It covers `columns` places, of which this is the first, and `rows`
/// rows; LONG_MAX rows if the rows below show where it ends.
void grid_cell(struct buffer *text, long columns, long rows);
/// The next places belong to a cell before them in the row or, if none covers them, above them.
void grid_covered(long places);
/// Ends the row. A row below a heading row that continues one of its cells is a heading row too.
void grid_row_end(bool is_heading);
void grid_end(void);
/// Lets other blocks follow a row, also other tables, until the table is resumed.
struct grid_pause *grid_pause(void);
void grid_resume(struct grid_pause *pause);
