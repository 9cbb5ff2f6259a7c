// The parts of an XLSX workbook. One document per process, so their state is global.
#pragma once

#include "archive.h"
#include "number_formats.h"

/// How a cell's style shows values.
struct cell_style {
    const struct format_code *format;
    bool is_bold;
};

void xlsx_read_styles(const char *part);
struct cell_style xlsx_style(long index);

void xlsx_read_strings(const char *part);
/// NULL if there is no such string.
const char *xlsx_string(unsigned long index);

/// A place such as "B12", from 0; -1 for what the reference leaves out.
struct place { long row, column; };
struct place xlsx_place(const char *reference);
/// A range such as "A1:F2"; a single place is a range, too.
struct cell_range xlsx_range(const char *reference);

/// Comments and addresses of links, which are shown after the value of their cell.
void xlsx_add_remark(struct place place, const char *text, bool is_link);
/// Reads the comments of a sheet.
void xlsx_read_comments(const struct relations *parts);
/// The next remark above or at a cell, in the order of rows; NULL if there is none.
struct remark { struct place place; char *text; bool is_link; };
const struct remark *xlsx_next_remark(struct place place);
void xlsx_clear_remarks(void);

/// Reads what a sheet declares before and after its rows: merged cells, tables, hidden columns.
void xlsx_read_frame(const char *part, const struct relations *parts);
/// Whether the row is in a range whose rows a filter hides.
bool xlsx_filters_row(long row);

/// Writes the rows of a sheet.
void xlsx_write_rows(const char *part);
