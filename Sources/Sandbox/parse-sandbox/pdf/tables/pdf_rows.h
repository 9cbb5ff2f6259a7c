// Rows of fragments at the same height, and runs of rows that share gaps.
#pragma once

#include "pdf_page.h"

enum { run_columns_max = 40 };

/// Fragments at one height, from left to right: `count` indices at `rows.indices + first`.
struct pdf_row {
    size_t first, count;
    float baseline, size;
    /// In a table: the row continues the cells of the row above.
    bool continues;
};

struct pdf_rows {
    size_t *indices;
    struct pdf_row *items;
    size_t count;
};

/// Consecutive rows whose fragments leave the same vertical gaps free.
struct pdf_run {
    const struct pdf_page_text *text;
    const struct pdf_rows *rows;
    size_t first, end;
    /// The columns between the gaps.
    struct pdf_box columns[run_columns_max];
    int column_count;
};

/// Cuts fragments at words that begin a column in the rows around them.
void pdf_split_at_columns(struct pdf_page_text *text);
/// Cuts a fragment of the bold row above a run where its words change to another column. Returns
/// false if there is nothing to cut; otherwise the rows must be sorted again.
bool pdf_split_heading(struct pdf_page_text *text, const struct pdf_run *run);
/// Sorts fragments into rows from top to bottom: those of one row of a region, or those of one
/// column of text that have no region yet.
struct pdf_rows pdf_sort_rows(const struct pdf_page_text *text, const struct pdf_fragment *like);
void pdf_free_rows(struct pdf_rows *rows);
/// Finds the next run at or after `first`. Returns false if there is none.
bool pdf_next_run(struct pdf_run *run, size_t first);
/// Finds the next run that has at least one gap in common, so that its columns may have columns of
/// their own.
bool pdf_next_flow(struct pdf_run *run, size_t first);
/// Adds rows above the first one, from `first` on, that leave a gap of the flow free.
void pdf_extend_flow(struct pdf_run *run, size_t first);
/// The column of a fragment by its middle, and the columns that it covers.
int pdf_run_column(const struct pdf_run *run, const struct pdf_fragment *fragment, int *span);

/// How many columns a row has texts in.
int pdf_row_columns(const struct pdf_run *run, const struct pdf_row *row);

/// 2 if the first row of a table names groups of the columns that the second one names, else 0.
int pdf_grouping_rows(const struct pdf_page_text *text, int region);

/// Whether the first row is the bold heading of a table: as large as the texts below it.
bool pdf_has_heading_row(const struct pdf_run *run);
/// Whether the columns of the run are text that runs on from line to line. Columns of a table next
/// to text become one.
bool pdf_is_column_text(struct pdf_run *run);
/// Whether the run is a table.
bool pdf_is_aligned_table(const struct pdf_run *run);
/// Whether each row of the run is a line of its own, although it is not a table.
bool pdf_is_row_list(const struct pdf_run *run);
/// Marks rows that continue the cells of the row above them; returns the number of heading rows.
int pdf_join_rows(const struct pdf_run *run);

static inline const struct pdf_fragment *pdf_row_fragment(const struct pdf_run *run,
                                                          const struct pdf_row *row, size_t at) {
    return &run->text->fragments[run->rows->indices[row->first + at]];
}
