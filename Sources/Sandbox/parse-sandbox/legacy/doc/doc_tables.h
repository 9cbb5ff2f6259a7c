// Tables of a DOC: rows are collected until the table ends, because the columns of merged cells are
// known by their edges only.
#pragma once

#include "buffer.h"
#include "doc_styles.h"

void doc_table_cell(struct buffer *text);
/// Ends the row. `end` has the properties of the row's last mark.
void doc_table_row(const struct paragraph_properties *end);
/// Writes the rows as a table, if there are any.
void doc_table_flush(void);
