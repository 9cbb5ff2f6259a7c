// Tables, row by row. A chunk of a long table means little without its heading row, so a table
// is cut into parts that each repeat it. In a table too wide for that, rows name each value.
#include <stdlib.h>
#include <string.h>

#include "writer.h"

enum {
    /// Bytes of rows after which the heading row is repeated.
    part_bytes_max = 1500,
    /// Minimum columns for rows that are written as "header: value" lines.
    wide_columns_min = 13,
};

struct row {
    char **cells;
    size_t count;
    size_t capacity;
    size_t filled;
};

static struct row header, row;
static size_t part_bytes;
static bool header_unused;

static void clear(struct row *row) {
    for (size_t i = 0; i < row->count; i++) free(row->cells[i]);
    row->count = row->filled = 0;
}

void table_begin(void) {
    table_end();
}

void table_cell(struct buffer *text) {
    buffer_collapse(text, false);
    if (row.count == row.capacity) {
        row.capacity = row.capacity * 2 + 16;
        row.cells = checked_realloc(row.cells, row.capacity, sizeof *row.cells);
    }
    row.cells[row.count++] = checked_copy(buffer_cstring(text));
    if (text->length) row.filled = row.count;
}

static void append_row(struct buffer *line, const struct row *row) {
    for (size_t i = 0; i < row->filled; i++) {
        buffer_text(line, i ? " | " : "| ");
        for (const char *at = row->cells[i]; *at; at++) {
            if (*at == '|') buffer_byte(line, '\\');
            buffer_byte(line, *at);
        }
    }
    buffer_text(line, " |");
}

static void write_row(struct buffer *line) {
    if (part_bytes == 0 || part_bytes > part_bytes_max) {
        struct buffer head = {0};
        append_row(&head, &header);
        buffer_text(&head, "\n|");
        for (size_t i = 0; i < header.filled; i++) buffer_text(&head, " --- |");
        write_paragraph(&head);
        buffer_free(&head);
        part_bytes = 0;
    }
    part_bytes += line->length + 1;
    write_verbatim("\n", 1);
    write_verbatim(line->bytes, line->length);
}

static void write_record(void) {
    struct buffer record = {0};
    for (size_t i = 0; i < row.filled; i++) {
        if (!*row.cells[i]) continue;
        if (i < header.count && *header.cells[i]) {
            buffer_text(&record, header.cells[i]);
            buffer_text(&record, ": ");
        }
        buffer_text(&record, row.cells[i]);
        buffer_byte(&record, '\n');
    }
    write_paragraph(&record);
    buffer_free(&record);
}

static size_t filled_cells(const struct row *row) {
    size_t filled = 0;
    for (size_t i = 0; i < row->filled; i++) filled += *row->cells[i] != 0;
    return filled;
}

void table_row_end(void) {
    struct buffer line = {0};
    if (header.count == 0 && filled_cells(&row) >= 2) {
        struct row swap = header;
        header = row;
        row = swap;
        header_unused = true;
    } else if (header.count == 0 && row.filled) {
        // A title or a note above the table, or a table of one column.
        buffer_text(&line, row.cells[row.filled - 1]);
        write_line(&line);
    } else if (row.filled && header.filled >= wide_columns_min) {
        write_record();
        header_unused = false;
    } else if (row.filled) {
        append_row(&line, &row);
        write_row(&line);
        header_unused = false;
    }
    buffer_free(&line);
    clear(&row);
}

void table_end(void) {
    if (row.count) table_row_end();
    if (header_unused) {
        // A heading row without rows below it is written as text.
        struct buffer line = {0};
        append_row(&line, &header);
        write_paragraph(&line);
        buffer_free(&line);
    }
    header_unused = false;
    clear(&header);
    clear(&row);
    part_bytes = 0;
}
