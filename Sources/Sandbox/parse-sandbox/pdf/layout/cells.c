// Writes tables. A table that goes on over pages is one table: a heading row that is repeated on
// the next page is left out.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_blocks.h"
#include "pdf_joins.h"
#include "writer.h"

enum { columns_max = 1000 };

static const struct pdf_lines *all;

/// The table that is being written, and the page of its last row.
static const struct pdf_table *open_table;
static struct buffer heading;
static int last_page;
/// Rows that a cell above still covers, by column.
static int covered[columns_max];

/// Appends the text of a cell: its lines, joined like those of a paragraph.
static void append_cell_text(struct buffer *text, const struct pdf_line *first,
                             const struct pdf_line *end) {
    for (const struct pdf_line *line = first; line < end; line++) {
        if (line > first) {
            if ((line - 1)->hyphenated) pdf_join_broken_word(all, text, line);
            else if (!pdf_joins_closely(all, text, line)) buffer_byte(text, ' ');
        }
        buffer_append(text, pdf_line_text(all, line), line->length);
    }
    if ((end - 1)->hyphenated) buffer_byte(text, '-');
}

static const struct pdf_line *cell_end(const struct pdf_line *line, const struct pdf_line *end) {
    const struct pdf_line *next = line;
    while (next < end && next->row == line->row && next->column == line->column) next++;
    return next;
}

static const struct pdf_line *row_end(const struct pdf_line *line, const struct pdf_line *end) {
    const struct pdf_line *next = line;
    while (next < end && next->row == line->row) next++;
    return next;
}

/// Writes empty cells up to a column, and counts down what covers the others.
static int pass_columns(int column, int to) {
    struct buffer empty = {0};
    for (; column < to && column < columns_max; column++) {
        if (covered[column] > 0) covered[column]--;
        else table_cell(&empty);
    }
    return column;
}

static void write_row(const struct pdf_line *first, const struct pdf_line *end, bool is_heading) {
    struct buffer text = {0};
    int column = 0;
    for (const struct pdf_line *line = first, *after; line < end; line = after) {
        after = cell_end(line, end);
        if (line->column >= columns_max) break;
        column = pass_columns(column, line->column);
        buffer_clear(&text);
        append_cell_text(&text, line, after);
        int columns = line->column_span < 1 ? 1 : line->column_span;
        int rows = line->row_span < 1 ? 1 : line->row_span;
        table_merged_cell(&text, columns, rows);
        for (int i = 0; i < columns && column < columns_max; i++) covered[column++] = rows - 1;
    }
    pass_columns(column, open_table->columns);
    if (is_heading) table_mark_header();
    table_row_end();
    buffer_free(&text);
}

/// The text of the heading rows, by which a repeated heading is recognised.
static struct buffer heading_text(const struct pdf_line *first, const struct pdf_line *end) {
    const struct pdf_table *table = &all->tables[first->table - 1];
    int rows = table->header_rows ? table->header_rows : 1;
    struct buffer text = {0};
    for (const struct pdf_line *line = first; line < end && line->row < rows + first->row; line++) {
        buffer_append(&text, pdf_line_text(all, line), line->length);
        buffer_byte(&text, '\n');
    }
    return text;
}

static bool same_text(const struct buffer *a, const struct buffer *b) {
    return a->length == b->length && a->length && !memcmp(a->bytes, b->bytes, a->length);
}

bool pdf_table_goes_on(const struct pdf_lines *lines, const struct pdf_line *next) {
    all = lines;
    if (!open_table || !next || !next->table) return false;
    const struct pdf_table *table = &lines->tables[next->table - 1];
    if (table->page != last_page + 1 || table->columns != open_table->columns) return false;
    bool same_place = fabsf(table->box.left - open_table->box.left) < 6;
    const struct pdf_line *end = lines->items + lines->count, *after = next;
    while (after < end && after->table == next->table) after++;
    struct buffer text = heading_text(next, after);
    bool repeats = same_text(&text, &heading);
    buffer_free(&text);
    return repeats || (same_place && !table->header_rows);
}

void pdf_end_table(void) {
    if (!open_table) return;
    open_table = NULL;
    table_end();
}

void pdf_write_table(const struct pdf_lines *lines, const struct pdf_line *first,
                     const struct pdf_line *end) {
    all = lines;
    const struct pdf_table *table = &lines->tables[first->table - 1];
    int headings = table->header_rows;
    if (pdf_table_goes_on(lines, first)) {
        struct buffer text = heading_text(first, end);
        bool repeats = same_text(&text, &heading);
        int skipped = !repeats ? 0 : headings ? headings : 1;
        buffer_free(&text);
        const struct pdf_line *top = first;
        while (first < end && first->row < top->row + skipped) first++;
        table_page_break();
        headings = 0;
    } else {
        pdf_end_table();
        table_begin();
        table_columns(table->columns);
        buffer_free(&heading);
        heading = heading_text(first, end);
    }
    open_table = table;
    last_page = table->page;
    memset(covered, 0, sizeof covered);
    headings += first < end ? first->row : 0;
    for (const struct pdf_line *after; first < end; first = after) {
        after = row_end(first, end);
        write_row(first, after, first->row < headings);
    }
}
