// Writes a document's blocks as Markdown. One document a process, so the writer is the
// process's own; nothing reaches stdout before the whole document has been read.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Each takes the text of one block, collapses its blanks, and writes nothing when it is empty.
void write_heading(int level, struct buffer *text);
/// Line breaks stay. What would read as Markdown by accident is escaped.
void write_paragraph(struct buffer *text);
/// Like a paragraph, but next to another line without a blank line between.
void write_line(struct buffer *text);
/// One list item; `depth` from 1, `ordinal` 0 for a bullet.
void write_item(int depth, long ordinal, struct buffer *text);
/// Keeps the next item apart from those before.
void write_list_end(void);
/// A fenced block, verbatim.
void write_code(struct buffer *text);
/// Text that is Markdown already.
void write_verbatim(const char *text, size_t length);
void write_page_break(void);

/// Puts a first heading in front of everything.
void write_title_first(struct buffer *title);
/// Whether a heading of level 1 has been written.
bool wrote_top_heading(void);

/// Rows of a table; a heading row, a rule and rows, long tables in parts that each repeat the
/// heading row, very wide ones as "header: value" lines. See table.c.
void table_begin(void);
void table_cell(struct buffer *text);
void table_row_end(void);
void table_end(void);

/// Normalises what was written and sends it to stdout; fails with `no_text` when it is empty.
void writer_finish(void);
