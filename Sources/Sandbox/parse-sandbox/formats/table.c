// Tables, row by row, as GitHub Flavored Markdown: one heading row, a rule, rows. The chunker
// repeats the heading row in each chunk, so a table is one block here, whatever its length.
//
// Markdown has neither merged cells nor several heading rows. A merged cell is repeated in each
// place that it covers. Several heading rows become one: "2026" above "Actual" is "2026 Actual".
// A row that one cell fills is a label: it becomes a line, and the heading row is repeated after it.
#include <stdlib.h>
#include <string.h>

#include "table_row.h"
#include "writer.h"

enum {
    header_rows_max = 4,
    /// A longer text of a merged cell is written once, and not in each place that it covers.
    repeated_bytes_max = 256,
};

/// A cell that covers rows below the current one.
struct cover {
    char *text;
    long rows;
};

static enum {
    /// No heading row has been read.
    HEADER_NONE,
    /// The heading row names groups of columns, so the next row names the columns.
    HEADER_GROUPS,
    /// The heading row is marked as one. Marked rows below it belong to it.
    HEADER_MARKED,
    /// The rows are data.
    HEADER_COMPLETE,
} header_state;

static struct row header, row;
static struct cover *covers;
static size_t cover_count, header_rows;
/// The columns that the widest cell of the last heading row covers.
static size_t group_columns;
static bool has_no_header, header_is_written;

static void clear_covers(void) {
    for (size_t i = 0; i < cover_count; i++) {
        free(covers[i].text);
        covers[i] = (struct cover){0};
    }
}

void table_begin(void) {
    table_end();
}

void table_without_header(void) { has_no_header = true; }

void table_mark_header(void) { row.is_marked = true; }

/// Fills the next columns that cells of rows above cover.
static void append_covered(void) {
    while (row.count < cover_count && covers[row.count].rows) {
        struct cover *cover = &covers[row.count];
        row_append(&row, cover->text, false);
        cover->rows--;
    }
}

static void cover(size_t column, const char *text, long rows) {
    if (column >= cover_count) {
        size_t count = column * 2 + 16;
        covers = checked_realloc(covers, count, sizeof *covers);
        memset(covers + cover_count, 0, (count - cover_count) * sizeof *covers);
        cover_count = count;
    }
    free(covers[column].text);
    covers[column] = (struct cover){checked_copy(text), rows};
}

void table_merged_cell(struct buffer *text, long columns, long rows) {
    buffer_collapse(text, false);
    const char *repeated = text->length > repeated_bytes_max ? "" : buffer_cstring(text);
    append_covered();
    if (text->length) {
        row.texts++;
        if (columns > (long)row.widest) row.widest = (size_t)columns;
    }
    for (long i = 0; i < columns && row.count < row_columns_max; i++) {
        if (i && row.count < cover_count && covers[row.count].rows) break;
        if (rows > 1) cover(row.count, repeated, rows - 1);
        row_append(&row, i ? repeated : buffer_cstring(text), columns > 1);
    }
}

void table_cell(struct buffer *text) { table_merged_cell(text, 1, 1); }

static void write_header(void) {
    struct buffer head = {0};
    row_write(&head, &header, header.count);
    buffer_text(&head, "\n|");
    for (size_t i = 0; i < header.count; i++) buffer_text(&head, " --- |");
    write_paragraph(&head);
    buffer_free(&head);
    header_is_written = true;
}

/// Writes a heading row without rows below it as text.
static void write_unused_header(void) {
    if (!row_filled(&header) || header_is_written) return;
    struct buffer line = {0};
    row_write(&line, &header, 0);
    write_paragraph(&line);
    buffer_free(&line);
}

/// Joins the current row to the heading rows above it, column by column.
static void extend_header(void) {
    while (header.count < row_filled(&row)) row_append(&header, "", false);
    for (size_t i = 0; i < row_filled(&row); i++) {
        const char *above = header.cells[i], *below = row.cells[i];
        header.are_wide[i] = row.are_wide[i];
        if (!*below || !strcmp(above, below)) continue;
        struct buffer joined = {0};
        buffer_text(&joined, above);
        if (*above) buffer_byte(&joined, ' ');
        buffer_text(&joined, below);
        free(header.cells[i]);
        header.cells[i] = checked_copy(buffer_cstring(&joined));
        buffer_free(&joined);
    }
    header_rows++;
    bool has_groups = row.widest > 1 && header_rows < header_rows_max;
    group_columns = row.widest;
    header_state = row.is_marked ? HEADER_MARKED : has_groups ? HEADER_GROUPS : HEADER_COMPLETE;
}

static void begin_header(void) {
    write_unused_header();
    row_clear(&header);
    header_rows = 0;
    header_is_written = false;
    extend_header();
}

static void write_body_row(void) {
    // Markdown requires a heading row, which may be empty.
    if (!header.count) {
        for (size_t i = row_filled(&row); i; i--) row_append(&header, "", false);
    }
    header_state = HEADER_COMPLETE;
    if (!header_is_written) write_header();
    struct buffer line = {0};
    row_write(&line, &row, header.count);
    write_verbatim("\n", 1);
    write_verbatim(line.bytes, line.length);
    buffer_free(&line);
}

/// Whether one cell is the whole row: a title above the heading row, or a label that covers all
/// columns.
static bool is_label(void) {
    if (row.texts != 1 || row.is_marked) return false;
    return header_state == HEADER_NONE || (row.widest > 1 && row.widest >= header.count);
}

static void write_label(void) {
    struct buffer line = {0};
    for (size_t i = 0; i < row.count && !line.length; i++) buffer_text(&line, row.cells[i]);
    write_line(&line);
    buffer_free(&line);
    header_is_written = false;
}

static bool is_heading(void) {
    if (row.is_marked || header_state == HEADER_GROUPS) return true;
    return header_state == HEADER_NONE && !has_no_header;
}

/// Whether the row names the columns of the groups above it, and nothing below a column that has a
/// name already. Otherwise it is data.
static bool divides_groups(void) {
    bool divides = false;
    if (row.is_marked) return true;
    if (row.widest >= group_columns) return false;
    for (size_t i = 0; i < row_filled(&row) && i < header.count; i++) {
        const char *above = header.cells[i], *below = row.cells[i];
        if (!*below || !*above || !strcmp(above, below)) continue;
        if (!header.are_wide[i]) return false;
        divides = true;
    }
    return divides;
}

void table_row_end(void) {
    append_covered();
    if (!row_filled(&row)) {
        row_clear(&row);
        return;
    }
    if (header_state == HEADER_GROUPS && !divides_groups()) header_state = HEADER_COMPLETE;
    bool extends = header_state == HEADER_GROUPS ||
        (header_state == HEADER_MARKED && header_rows < header_rows_max);
    if (is_label()) write_label();
    else if (!is_heading()) write_body_row();
    else if (extends) extend_header();
    else begin_header();
    row_clear(&row);
}

void table_interrupt(void) {
    if (row.count) table_row_end();
    header_is_written = false;
}

void table_end(void) {
    if (row.count) table_row_end();
    write_unused_header();
    row_clear(&header);
    clear_covers();
    header_state = HEADER_NONE;
    has_no_header = header_is_written = false;
    header_rows = 0;
}
