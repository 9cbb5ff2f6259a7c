// The rows of a sheet, of whatever format: finds the tables in them and writes them, each with its
// own heading rows, and the text around them as lines.
//
// Rows are kept until a bounded number has been read. Their structure is found, they are written,
// and the last tables stay open for the rows that follow. So a sheet may have any number of rows.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// What a value is, whatever its format. Headings are text above values of other kinds.
enum cell_kind {
    CELL_TEXT,
    CELL_NUMBER,
    CELL_DATE,
    /// A truth value or an error.
    CELL_FLAG,
    /// A dash or another mark for a value that does not exist, or nothing but a comment.
    CELL_MARK,
};

enum { sheet_columns_max = 16384 };

struct cell_range { long first_row, last_row, first_column, last_column; };

/// Whether a sheet says how its cells look. Without styles (CSV), a table of two columns is seldom
/// a list of keys and values.
void sheet_begin(bool has_styles);
/// Leaves out columns, and reports it if they have values. Comes before what follows.
void sheet_hide_columns(long first, long count);
/// These declare, before the first cell, what the file states: a merged cell; a table, of which
/// the first rows are headings; the rows that stay in view.
void sheet_merge(struct cell_range range);
void sheet_table(struct cell_range range, long header_rows, const char *caption);
/// A table whose first columns are labels, each of which counts for the rows below it as well.
void sheet_pivot(struct cell_range range, long header_rows, long label_columns);
void sheet_frozen_rows(long rows);
/// Leaves out a row, which is not a blank row between those around it.
void sheet_hide_row(long row);
/// Adds a cell. Rows and columns count from 0 and only increase; others are ignored. A text that is
/// a number, a date or a mark counts as one.
void sheet_cell(long row, long column, struct buffer *text, enum cell_kind kind,
                bool is_emphasised);
void sheet_end(void);

/// The kind of a text such as "1.234,50 EUR", "2026-05-03" or "n/a".
enum cell_kind cell_kind_of_text(const char *text);
