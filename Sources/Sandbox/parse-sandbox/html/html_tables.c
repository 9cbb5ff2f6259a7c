// The tables of a page. A table with a heading or a table inside only arranges the page, so its
// cells are read as blocks.
#include <stdlib.h>
#include <string.h>

#include "html_page.h"
#include "writer.h"

enum { columns_max = 1000, rows_max = 65534 };

/// The open table, its row and its cell.
static struct {
    struct buffer caption;
    long cell_columns, cell_rows;
    /// The cells of the row that have text, by kind.
    long cells, headers, data;
    bool is_header, names_row, first_names_row;
    /// Whether the table has a row that is not a heading row.
    bool has_body;
} table;

bool html_in_cell(void) {
    return html_page.table_depth && !html_page.layout[html_index(html_page.table_depth)];
}

void html_begin_table(const struct html_token *tag) {
    html_open_up_table();
    html_flush();
    html_page.table_depth++;
    bool arranges =
        html_value_is(tag, "role", "presentation") || html_value_is(tag, "role", "none");
    html_page.layout[html_index(html_page.table_depth)] = arranges;
    buffer_free(&table.caption);
    memset(&table, 0, sizeof table);
    table_begin();
}

static void write_caption(void) {
    write_line(&table.caption);
    buffer_clear(&table.caption);
}

void html_end_table(void) {
    if (html_in_cell()) {
        html_end_row();
        table_end();
    }
    html_page.table_depth--;
    html_flush();
    write_caption();
}

void html_open_up_table(void) {
    if (!html_in_cell()) return;
    buffer_collapse(&html_page.text, false);
    table_cell(&html_page.text);
    buffer_clear(&html_page.text);
    table_end();
    write_caption();
    html_page.layout[html_index(html_page.table_depth)] = true;
}

/// A caption is above its table, or below it if it comes after the first row.
void html_end_caption(void) {
    if (!html_in_cell()) {
        html_flush();
        return;
    }
    buffer_append(&table.caption, html_page.text.bytes, html_page.text.length);
    buffer_clear(&html_page.text);
    if (!table.has_body && !table.headers) write_caption();
}

static long span(const struct html_token *tag, const char *name, long most) {
    long value = html_attribute(tag, name) ? strtol(html_value(tag, name), NULL, 10) : 1;
    return value < 1 ? 1 : value > most ? most : value;
}

void html_begin_cell(const struct html_token *tag) {
    if (!html_in_cell()) {
        html_flush();
        return;
    }
    table.cell_columns = span(tag, "colspan", columns_max);
    table.cell_rows = span(tag, "rowspan", rows_max);
    table.is_header = tag->element == HTML_th;
    bool names_row = table.is_header && !strncasecmp(html_value(tag, "scope"), "row", 3);
    table.names_row |= names_row;
    if (!table.cells) table.first_names_row = table.is_header;
}

void html_end_cell(void) {
    if (!html_in_cell()) {
        html_flush();
        return;
    }
    buffer_collapse(&html_page.text, false);
    table.cells++;
    if (html_page.text.length && table.is_header) table.headers++;
    else if (html_page.text.length) table.data++;
    else if (table.cells == 1) table.first_names_row = false;
    table_merged_cell(&html_page.text, table.cell_columns, table.cell_rows);
    buffer_clear(&html_page.text);
}

void html_end_row(void) {
    if (!html_in_cell()) return;
    bool is_named = table.names_row || (table.first_names_row && table.data);
    bool is_heading = html_is_open(HTML_thead) ? table.cells > 1
        : !table.has_body && table.headers > 1 && !table.data && !table.names_row;
    if (is_heading) table_mark_header();
    else if (is_named && !table.has_body) table_without_header();
    table.has_body |= !is_heading && table.headers + table.data > 1;
    table.cells = table.headers = table.data = 0;
    table.names_row = table.first_names_row = false;
    table_row_end();
}
