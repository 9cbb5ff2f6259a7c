// The tables of a sheet that have been written, to which later rows may still belong.
#pragma once

#include "profiles.h"

enum { pivot_labels_max = 16 };

struct table {
    long left, right;
    /// The heading of each column; NULL if the table has none.
    char **headings;
    /// What the values of each column have been.
    struct profile *columns;
    /// The columns from the left that are labels of a pivot table, and the last labels.
    long label_columns;
    char *labels[pivot_labels_max];
    /// The values of a usual row.
    size_t width;
    bool has_emphasised_heading, has_emphasised_records;
    /// The last row was written to this table, so the next one can be appended to it.
    bool is_live;
};

/// Begins a table whose heading rows are the lines from `heading` to before `records`.
struct table *tables_begin(const struct block *block, size_t heading, size_t records);
/// The last table with these columns; NULL if there is none.
struct table *tables_find(const struct block *block);
void tables_add_row(struct table *table, const struct block *block, size_t line);
/// Writes a label for the rows below it, after which the heading row is repeated.
void tables_add_label(struct table *table, size_t line);
/// Whether a line is the table's heading row again.
bool tables_is_heading(const struct table *table, const struct block *block, size_t line);
/// Writes a line of text outside any table.
void tables_write_line(const char *text);
/// Forgets all tables of the sheet.
void tables_close(void);
