#include "sheet_tables.h"

#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "writer.h"

/// More tables than a sheet has side by side.
enum { tables_max = 16 };

static struct table tables[tables_max];
static size_t table_count;

static struct buffer text;

static void put_cell(const char *value) {
    buffer_clear(&text);
    buffer_text(&text, value);
    table_cell(&text);
}

static void release(struct table *table) {
    long count = table->headings ? table->right - table->left + 1 : 0;
    for (long i = 0; i < count; i++) free(table->headings[i]);
    free(table->headings);
    free(table->columns);
    for (size_t i = 0; i < pivot_labels_max; i++) free(table->labels[i]);
}

static void rest(void) {
    table_end();
    for (size_t i = 0; i < table_count; i++) tables[i].is_live = false;
}

void tables_close(void) {
    rest();
    for (size_t i = 0; i < table_count; i++) release(&tables[i]);
    table_count = 0;
}

void tables_write_line(const char *value) {
    rest();
    buffer_clear(&text);
    buffer_text(&text, value);
    write_line(&text);
}

/// Adds the texts of a heading row to those above.
static void join_heading(struct buffer *joined, const struct block *block, size_t line,
                         bool has_more) {
    size_t width = (size_t)(block->right - block->left + 1);
    const char **names = checked_realloc(NULL, width, sizeof *names);
    for (size_t i = 0; i < width; i++) {
        const struct cell *cell = cell_at(line, block->left + (long)i);
        names[i] = cell ? text_of(cell) : NULL;
    }
    if (has_more) group_names(block, line, names);
    for (size_t i = 0; i < width; i++) {
        size_t length = names[i] ? strlen(names[i]) : 0;
        const char *all = buffer_cstring(&joined[i]);
        bool is_known = joined[i].length >= length &&
            !strcmp(all + joined[i].length - length, names[i] ? names[i] : "");
        if (is_known) continue;
        if (joined[i].length) buffer_byte(&joined[i], ' ');
        buffer_text(&joined[i], names[i]);
    }
    free(names);
}

/// Writes the heading row, with which a table begins in the output.
static void resume(struct table *table) {
    rest();
    table_begin();
    table->is_live = true;
    if (!table->headings) {
        table_without_header();
        return;
    }
    for (long i = 0; i <= table->right - table->left; i++) put_cell(table->headings[i]);
    table_mark_header();
    table_row_end();
}

struct table *tables_begin(const struct block *block, size_t heading, size_t records) {
    if (table_count == tables_max) {
        release(&tables[0]);
        memmove(tables, tables + 1, --table_count * sizeof *tables);
    }
    struct table *table = &tables[table_count++];
    *table = (struct table){
        .left = block->left, .right = block->right, .columns = profiles_new(block)};
    size_t columns = (size_t)(block->right - block->left + 1);
    if (records > heading) {
        struct buffer *joined = checked_realloc(NULL, columns, sizeof *joined);
        memset(joined, 0, columns * sizeof *joined);
        table->headings = checked_realloc(NULL, columns, sizeof *table->headings);
        table->has_emphasised_heading = features_of(block, heading).is_emphasised;
        for (size_t i = heading; i < records; i++) {
            join_heading(joined, block, i, i + 1 < records);
        }
        for (size_t i = 0; i < columns; i++) {
            table->headings[i] = checked_copy(buffer_cstring(&joined[i]));
            buffer_free(&joined[i]);
        }
        free(joined);
    }
    resume(table);
    return table;
}

struct table *tables_find(const struct block *block) {
    for (size_t i = table_count; i--;) {
        if (tables[i].left <= block->right && tables[i].right >= block->left) return &tables[i];
    }
    return NULL;
}

/// The text of a column that is empty in a row: the label that counts for it, if one right of it is
/// in the row.
static const char *label_at(struct table *table, size_t line, long column) {
    long index = column - table->left;
    if (index + 1 >= table->label_columns || !table->labels[index]) return "";
    for (long next = column + 1; next < table->left + table->label_columns; next++) {
        if (cell_at(line, next)) return table->labels[index];
    }
    return "";
}

static void keep_label(struct table *table, long column, const char *label) {
    long index = column - table->left;
    if (index >= table->label_columns) return;
    for (long i = index; i < table->label_columns; i++) {
        free(table->labels[i]);
        table->labels[i] = NULL;
    }
    table->labels[index] = checked_copy(label);
}

void tables_add_row(struct table *table, const struct block *block, size_t line) {
    if (!table->is_live) resume(table);
    size_t count;
    struct block row = {line, line + 1, table->left, block->right};
    const struct cell *cells = cells_of(&row, line, &count);
    long column = table->left;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column < column) continue;
        for (; column < cells[i].column; column++) put_cell(label_at(table, line, column));
        keep_label(table, column, text_of(&cells[i]));
        put_cell(text_of(&cells[i]));
        column++;
    }
    table_row_end();
    row.right = table->right;
    profiles_add(table->columns, &row, line);
}

void tables_add_label(struct table *table, size_t line) {
    if (!table->is_live) resume(table);
    struct block row = {line, line + 1, table->left, table->right};
    const struct cell *cell = features_of(&row, line).cell;
    buffer_clear(&text);
    buffer_text(&text, text_of(cell));
    long columns = table->right - table->left + 1;
    table_merged_cell(&text, columns > 1 ? columns : 2, 1);
    table_row_end();
}

bool tables_is_heading(const struct table *table, const struct block *block, size_t line) {
    if (!table->headings) return false;
    size_t count, named = 0;
    struct block row = {line, line + 1, table->left, block->right};
    const struct cell *cells = cells_of(&row, line, &count);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column > table->right) return false;
        const char *heading = table->headings[cells[i].column - table->left];
        if (strcmp(heading, text_of(&cells[i]))) return false;
    }
    for (long i = 0; i <= table->right - table->left; i++) named += table->headings[i][0] != 0;
    return count && count == named;
}
