// The parts of writing a document's lines: blocks of text, and tables.
#pragma once

#include "pdf_lines.h"

void pdf_blocks_begin(struct pdf_lines *lines);
/// Adds a line to the current block, or ends the block and begins one.
void pdf_take_line(const struct pdf_line *line);
void pdf_end_block(void);
/// Whether the current block is a paragraph that goes on with a line of the next page.
bool pdf_block_goes_on(const struct pdf_line *next);
/// Keeps the current block open while other blocks are written.
void pdf_set_block_aside(void);
void pdf_resume_block(void);

/// Writes the rows of one table, from `first` to before `end`, as a table or as more rows of the
/// one that is open.
void pdf_write_table(const struct pdf_lines *lines, const struct pdf_line *first,
                     const struct pdf_line *end);
/// Whether the open table goes on with the table of a line of the next page.
bool pdf_table_goes_on(const struct pdf_lines *lines, const struct pdf_line *next);
void pdf_end_table(void);
