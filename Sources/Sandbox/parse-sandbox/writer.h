// Writes a document's blocks as Markdown. A process has one document, so the writer's state is
// global. Nothing reaches stdout before the whole document has been read.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Each function collapses the blanks of one block's text, and writes nothing if it is empty.
/// In a format with pages, a form feed inside a text is the blank where the page changes.
void write_heading(int level, struct buffer *text);
/// Keeps line breaks. Escapes lines that would read as Markdown by accident.
void write_paragraph(struct buffer *text);
/// Writes text whose paragraphs have blank lines between them.
void write_paragraphs(const struct buffer *text);
/// Like a paragraph, but without a blank line between consecutive lines.
void write_line(struct buffer *text);
/// One list item; `depth` from 1, `ordinal` 0 for a bullet.
void write_item(int depth, long ordinal, struct buffer *text);
/// Separates the next item from those before.
void write_list_end(void);
/// Writes a fenced block, verbatim.
void write_code(struct buffer *text);
/// The same with the name of its language, which may be empty.
void write_code_in(const char *language, struct buffer *text);
/// Writes text that is Markdown already.
void write_verbatim(const char *text, size_t length);
/// Separates two pages between blocks.
void write_page_break(void);
/// Keeps form feeds inside the texts of blocks.
void writer_has_pages(void);

/// Inserts a heading of level 1 before everything else.
void write_title_first(struct buffer *title);
/// Whether a heading of level 1 has been written.
bool wrote_top_heading(void);
/// Inserts a paragraph before everything else, unless the text contains it.
void write_summary_first(struct buffer *summary);
/// Whether anything has been written.
bool wrote_blocks(void);

/// Write a table row by row; see table.c. The first row with several texts is the heading row,
/// unless rows are marked or the table has none. Texts above it become lines.
void table_begin(void);
/// Declares, before the end of the first row with several texts, that the table has no heading row.
void table_without_header(void);
/// Declares, before the first cell, how many columns the table has at least.
void table_columns(long columns);
void table_cell(struct buffer *text);
/// A cell over several columns and rows; both are at least 1. Later cells move to the next column
/// that is free.
void table_merged_cell(struct buffer *text, long columns, long rows);
/// Marks the current row as a heading row.
void table_mark_header(void);
/// The next row is the first one on the next page. A form feed separates it from the row above.
void table_page_break(void);
void table_row_end(void);
void table_end(void);
/// Lets other blocks, also tables, follow a row until the table is resumed. The heading row is
/// repeated before the next row.
struct table_pause *table_pause(void);
void table_resume(struct table_pause *pause);

/// Adds a file inside the document, such as an attachment of a mail.
void write_file(const char *name, const void *bytes, size_t length);

/// Normalises the text and writes it to stdout. Fails with `no_text` if it has no words.
void writer_finish(void);
