#include "json_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "writer.h"

enum {
    columns_max = 40,
    /// A record with a longer text is not a row.
    cell_bytes_max = 300,
    /// Objects inside records that become columns, such as `address.city`.
    nesting_max = 3,
    numbers_max = 64,
    data_bytes_min = 512,
};

struct table {
    char *columns[columns_max];
    struct buffer cells[columns_max];
    size_t count, rows, filled, texts;
    /// The records are lists, whose values have no names.
    bool has_lists;
    /// The column after the one that was found last, where the next is looked for first.
    size_t expected;
};

bool json_is_flat(struct json array) {
    struct json_items items = json_items(array);
    while (json_next(&items)) {
        if (!json_is_scalar(items.value)) return false;
    }
    return true;
}

bool json_is_data(struct json string) {
    if (!json_is_string(string) || string.end - string.at < data_bytes_min) return false;
    const char *at = string.at + 1;
    if (!strncmp(at, "data:", 5)) return true;
    for (; at < string.end - 1; at++) {
        bool is_code = (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
            (*at >= '0' && *at <= '9') || strchr("+/=-_\\n", *at);
        if (!is_code) return false;
    }
    return true;
}

void json_append_list(struct json array, struct buffer *text) {
    struct json_items items = json_items(array);
    long numbers = 0;
    bool has_text = false;
    while (json_next(&items)) {
        bool is_string = json_is_string(items.value);
        if (json_is_null(items.value) || (!is_string && ++numbers > numbers_max)) continue;
        if (has_text) buffer_text(text, ", ");
        json_append(items.value, text);
        has_text = true;
    }
    if (numbers <= numbers_max) return;
    buffer_text(text, ", \xe2\x80\xa6");
    report_warning(WARNING_TEXT_SHORTENED, 0);
}

/// The column of this name, added if it is new; -1 if there are too many.
static long column_of(struct table *table, const char *name) {
    for (size_t i = 0; i < table->count; i++) {
        size_t index = (table->expected + i) % table->count;
        if (strcmp(table->columns[index], name)) continue;
        table->expected = index + 1;
        return (long)index;
    }
    if (table->count == columns_max) return -1;
    table->columns[table->count] = checked_copy(name);
    table->expected = 0;
    return (long)table->count++;
}

static bool fill_cells(struct table *table, struct json object, struct buffer *path, int depth);

/// Fills the cell of a member. Returns false if it does not fit in a row.
static bool fill_cell(struct table *table, struct json value, struct buffer *path, int depth) {
    if (json_is_object(value)) return depth < nesting_max && fill_cells(table, value, path, depth);
    if (json_is_null(value)) return true;
    if (json_is_array(value) && !json_is_flat(value)) return false;
    if (value.end - value.at > cell_bytes_max) return false;
    long column = column_of(table, buffer_cstring(path));
    if (column < 0) return false;
    struct buffer *cell = &table->cells[column];
    if (json_is_array(value)) json_append_list(value, cell);
    else json_append(value, cell);
    table->texts += !json_is_scalar(value) || json_is_string(value);
    table->filled++;
    return !cell->length || !memchr(cell->bytes, '\n', cell->length);
}

static bool fill_cells(struct table *table, struct json object, struct buffer *path, int depth) {
    struct json_items members = json_items(object);
    size_t length = path->length;
    bool fits = true;
    while (fits && json_next(&members)) {
        if (length) buffer_byte(path, '.');
        json_append(members.key, path);
        fits = fill_cell(table, members.value, path, depth + 1);
        path->length = length;
    }
    return fits;
}

static bool fill_list(struct table *table, struct json list, struct buffer *path) {
    struct json_items items = json_items(list);
    bool fits = json_is_flat(list);
    for (int i = 1; fits && json_next(&items); i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        buffer_clear(path);
        buffer_text(path, name);
        fits = fill_cell(table, items.value, path, 0);
    }
    return fits;
}

static bool fill_row(struct table *table, struct json record) {
    struct buffer path = {0};
    for (size_t i = 0; i < table->count; i++) buffer_clear(&table->cells[i]);
    bool fits = table->has_lists == json_is_array(record);
    if (fits && table->has_lists) fits = fill_list(table, record, &path);
    else if (fits) fits = json_is_object(record) && fill_cells(table, record, &path, 0);
    buffer_free(&path);
    return fits;
}

static void write_heading_row(struct table *table, struct json first) {
    if (table->has_lists) {
        // A first row of texts is a heading row if not all rows are texts.
        bool all_texts = table->texts == table->filled;
        table->texts = 0;
        fill_row(table, first);
        if (table->texts < table->count || all_texts) table_without_header();
        return;
    }
    struct buffer name = {0};
    for (size_t i = 0; i < table->count; i++) {
        buffer_clear(&name);
        buffer_text(&name, table->columns[i]);
        table_cell(&name);
    }
    table_mark_header();
    table_row_end();
    buffer_free(&name);
}

static void write_rows(struct table *table, struct json_items items, const struct buffer *caption) {
    struct buffer name = {0};
    struct json_items first = items;
    buffer_append(&name, caption->bytes, caption->length);
    write_line(&name);
    buffer_free(&name);
    bool is_cut = !table->texts && table->has_lists && table->rows > numbers_max;
    table_begin();
    json_next(&first);
    write_heading_row(table, first.value);
    for (long row = 0; json_next(&items) && (!is_cut || row < numbers_max); row++) {
        fill_row(table, items.value);
        for (size_t i = 0; i < table->count; i++) table_cell(&table->cells[i]);
        table_row_end();
    }
    table_end();
    if (is_cut) report_warning(WARNING_TEXT_SHORTENED, 0);
}

bool json_write_table(struct json_items items, const struct buffer *caption) {
    struct table table = {0};
    struct json_items rows = items;
    bool fits = json_next(&rows);
    table.has_lists = fits && json_is_array(rows.value);
    for (rows = items; fits && json_next(&rows); table.rows++) {
        fits = fill_row(&table, rows.value);
    }
    // Records with little in common are not rows of one table.
    fits = fits && table.rows > 1 && table.count && table.filled * 2 >= table.rows * table.count;
    if (fits) write_rows(&table, items, caption);
    for (size_t i = 0; i < columns_max; i++) {
        free(table.columns[i]);
        buffer_free(&table.cells[i]);
    }
    return fits;
}
