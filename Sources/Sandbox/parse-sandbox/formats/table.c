// Tables, row by row, as GitHub Flavored Markdown: one heading row, a rule, rows. The chunker
// repeats the heading row in each chunk, so a table is one block here, whatever its length.
//
// Markdown has neither merged cells nor several heading rows. A merged cell is repeated in each
// place that it covers. Several heading rows become one: "2026" above "Actual" is "2026 Actual".
// A row that one cell fills is a label: it becomes a line, and the heading row is repeated after
// it.
#include <stdlib.h>
#include <string.h>

#include "table_covers.h"
#include "table_row.h"
#include "writer.h"

enum {
    header_rows_max = 4,
    /// A longer text of a merged cell is written once, and not in each place that it covers.
    repeated_bytes_max = 256,
};

/// The table that is being written, except for its current row.
struct table_pause {
    struct row header;
    struct covers covers;
    size_t header_rows, declared_columns;
    /// The columns that the widest cell of the last heading row covers.
    size_t group_columns;
    enum {
        /// No heading row has been read.
        HEADER_NONE,
        /// The heading row names groups of columns, so the next row names the columns.
        HEADER_GROUPS,
        /// The heading row is marked as one. Marked rows below it belong to it.
        HEADER_MARKED,
        /// The rows are data.
        HEADER_COMPLETE,
    } state;
    bool has_no_header, header_is_written;
};

static struct table_pause at;
static struct row row;
/// Whether the next row is on the next page.
static bool page_changes;

void table_begin(void) {
    table_end();
}

void table_without_header(void) { at.has_no_header = true; }

void table_columns(long columns) {
    at.declared_columns = columns < row_columns_max ? (size_t)columns : row_columns_max;
}

void table_mark_header(void) { row.is_marked = true; }

void table_page_break(void) { page_changes = true; }

void table_merged_cell(struct buffer *text, long columns, long rows) {
    buffer_collapse(text, false);
    const char *repeated = text->length > repeated_bytes_max ? "" : buffer_cstring(text);
    covers_fill(&at.covers, &row);
    if (text->length) {
        row.texts++;
        if (columns > (long)row.widest) row.widest = (size_t)columns;
    }
    for (long i = 0; i < columns && row.count < row_columns_max; i++) {
        if (i && covers_column(&at.covers, row.count)) break;
        if (rows > 1) covers_add(&at.covers, row.count, repeated, rows - 1);
        row_append(&row, i ? repeated : buffer_cstring(text), columns > 1);
    }
}

void table_cell(struct buffer *text) { table_merged_cell(text, 1, 1); }

static void write_header(void) {
    struct buffer head = {0};
    row_write(&head, &at.header, at.header.count);
    buffer_text(&head, "\n|");
    for (size_t i = 0; i < at.header.count; i++) buffer_text(&head, " --- |");
    write_paragraph(&head);
    buffer_free(&head);
    at.header_is_written = true;
}

/// Writes a heading row without rows below it as text.
static void write_unused_header(void) {
    if (!row_filled(&at.header) || at.header_is_written) return;
    struct buffer line = {0};
    row_write(&line, &at.header, 0);
    write_paragraph(&line);
    buffer_free(&line);
}

/// Joins the current row to the heading rows above it, column by column.
static void extend_header(void) {
    while (at.header.count < row_filled(&row)) row_append(&at.header, "", false);
    for (size_t i = 0; i < row_filled(&row); i++) {
        const char *above = at.header.cells[i], *below = row.cells[i];
        at.header.are_wide[i] = row.are_wide[i];
        if (!*below || !strcmp(above, below)) continue;
        struct buffer joined = {0};
        buffer_text(&joined, above);
        if (*above) buffer_byte(&joined, ' ');
        buffer_text(&joined, below);
        free(at.header.cells[i]);
        at.header.cells[i] = checked_copy(buffer_cstring(&joined));
        buffer_free(&joined);
    }
    at.header_rows++;
    bool has_groups = row.widest > 1 && at.header_rows < header_rows_max;
    at.group_columns = row.widest;
    at.state = row.is_marked ? HEADER_MARKED : has_groups ? HEADER_GROUPS : HEADER_COMPLETE;
}

static void begin_header(void) {
    write_unused_header();
    row_clear(&at.header);
    at.header_rows = 0;
    at.header_is_written = false;
    extend_header();
    while (at.header.count < at.declared_columns) row_append(&at.header, "", false);
}

static void write_body_row(void) {
    // Markdown requires a heading row, which may be empty.
    if (!at.header.count) {
        size_t columns = row_filled(&row);
        if (columns < at.declared_columns) columns = at.declared_columns;
        while (at.header.count < columns) row_append(&at.header, "", false);
    }
    at.state = HEADER_COMPLETE;
    if (page_changes && !at.header_is_written) {
        write_page_break();
        page_changes = false;
    }
    if (!at.header_is_written) write_header();
    struct buffer line = {0};
    row_write(&line, &row, at.header.count);
    // A form feed between two rows leaves the table whole.
    write_verbatim(page_changes ? "\f" : "\n", 1);
    page_changes = false;
    write_verbatim(line.bytes, line.length);
    buffer_free(&line);
}

/// Whether one cell is the whole row: a title above the heading row, or a label that covers all
/// columns.
static bool is_label(void) {
    if (row.texts != 1 || row.is_marked) return false;
    return at.state == HEADER_NONE || (row.widest > 1 && row.widest >= at.header.count);
}

static void write_label(void) {
    struct buffer line = {0};
    for (size_t i = 0; i < row.count && !line.length; i++) buffer_text(&line, row.cells[i]);
    if (page_changes) write_page_break();
    page_changes = false;
    write_line(&line);
    buffer_free(&line);
    at.header_is_written = false;
}

static bool is_heading(void) {
    if (row.is_marked || at.state == HEADER_GROUPS) return true;
    return at.state == HEADER_NONE && !at.has_no_header;
}

/// Whether the row names the columns of the groups above it, and nothing below a column that has a
/// name already. Otherwise it is data.
static bool divides_groups(void) {
    bool divides = false;
    if (row.is_marked) return true;
    if (row.widest >= at.group_columns) return false;
    for (size_t i = 0; i < row_filled(&row) && i < at.header.count; i++) {
        const char *above = at.header.cells[i], *below = row.cells[i];
        if (!*below || !*above || !strcmp(above, below)) continue;
        if (!at.header.are_wide[i]) return false;
        divides = true;
    }
    return divides;
}

void table_row_end(void) {
    covers_fill(&at.covers, &row);
    if (!row_filled(&row)) {
        row_clear(&row);
        return;
    }
    if (at.state == HEADER_GROUPS && !divides_groups()) at.state = HEADER_COMPLETE;
    bool extends = at.state == HEADER_GROUPS ||
        (at.state == HEADER_MARKED && at.header_rows < header_rows_max);
    if (is_label()) write_label();
    else if (!is_heading()) write_body_row();
    else if (extends) extend_header();
    else begin_header();
    row_clear(&row);
}

void table_end(void) {
    if (row.count) table_row_end();
    write_unused_header();
    if (page_changes) write_page_break();
    page_changes = false;
    row_clear(&at.header);
    covers_free(&at.covers);
    at.state = HEADER_NONE;
    at.has_no_header = at.header_is_written = false;
    at.header_rows = at.declared_columns = 0;
}

struct table_pause *table_pause(void) {
    if (row.count) table_row_end();
    struct table_pause *pause = checked_realloc(NULL, 1, sizeof *pause);
    *pause = at;
    at = (struct table_pause){0};
    return pause;
}

void table_resume(struct table_pause *pause) {
    table_end();
    free(at.header.cells);
    free(at.header.are_wide);
    at = *pause;
    at.header_is_written = false;
    free(pause);
}
