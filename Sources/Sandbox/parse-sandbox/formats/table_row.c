#include "table_row.h"

#include <stdlib.h>

void row_append(struct row *row, const char *text, bool is_wide) {
    if (row->count == row_columns_max) return;
    if (row->count == row->capacity) {
        row->capacity = row->capacity * 2 + 16;
        row->cells = checked_realloc(row->cells, row->capacity, sizeof *row->cells);
        row->are_wide = checked_realloc(row->are_wide, row->capacity, sizeof *row->are_wide);
    }
    row->are_wide[row->count] = is_wide;
    row->cells[row->count++] = checked_copy(text);
}

void row_clear(struct row *row) {
    for (size_t i = 0; i < row->count; i++) free(row->cells[i]);
    row->count = row->texts = row->widest = 0;
    row->is_marked = false;
}

size_t row_filled(const struct row *row) {
    size_t count = row->count;
    while (count && !*row->cells[count - 1]) count--;
    return count;
}

void row_write(struct buffer *line, const struct row *row, size_t columns) {
    size_t filled = row_filled(row);
    for (size_t i = 0; i < filled || i < columns; i++) {
        buffer_text(line, i ? " | " : "| ");
        for (const char *at = i < filled ? row->cells[i] : ""; *at; at++) {
            if (*at == '|') buffer_byte(line, '\\');
            buffer_byte(line, *at);
        }
    }
    buffer_text(line, " |");
}
