// Tables of OpenDocument, row by row.
#include <string.h>

#include "blocks.h"
#include "grid.h"
#include "odf.h"

void odf_table_begin(void) {
    blocks_flush();
    grid_begin();
}

void odf_table_end(void) {
    grid_end();
    odf_objects_flush();
}

static void write_cell(const xmlNode *cell) {
    long repeats = node_number(cell, "number-columns-repeated", 1);
    if (node_is(cell, "covered-table-cell")) {
        grid_covered(repeats);
        return;
    }
    struct buffer text = {0};
    odf_blocks(cell, &text);
    // A cell that is repeated more often only fills the row to the edge of the sheet.
    if (repeats > grid_columns_max) repeats = 1;
    long columns = node_number(cell, "number-columns-spanned", 1);
    for (; repeats > 0; repeats--) {
        grid_cell(&text, columns, node_number(cell, "number-rows-spanned", 1));
    }
    buffer_free(&text);
}

static bool has_text(const xmlNode *cell) {
    for (xmlNodePtr at = node_next(cell, cell, false); at; at = node_next(at, cell, false)) {
        const char *text = node_text(at);
        if (text && text[strspn(text, " \t\r\n")]) return true;
    }
    return false;
}

/// Whether a cell contains blocks that have no place in a table: a heading with text below it. If
/// it is the only cell of the row, any heading, code or table is one.
static bool has_blocks(const xmlNode *cell, bool is_only) {
    size_t paragraphs = 0, headings = 0, others = 0;
    for_each_child(child, cell) {
        if (node_is(child, "table")) others++;
        bool is_heading = node_is(child, "h");
        if (!is_heading && !node_is(child, "p")) continue;
        struct odf_style style = odf_style(ODF_PARAGRAPH, node_attribute(child, "style-name"));
        bool is_filled = has_text(child);
        paragraphs += is_filled;
        headings += is_filled && (is_heading || style.heading);
        others += is_filled && style.is_code;
    }
    return is_only ? headings || others : headings && (paragraphs > headings || others);
}

/// Whether the row arranges blocks on the page rather than values in columns.
static bool is_layout(const xmlNode *row) {
    size_t filled = 0;
    for_each_child(cell, row) filled += node_is(cell, "table-cell") && has_text(cell);
    for_each_child(cell, row) {
        if (node_is(cell, "table-cell") && has_blocks(cell, filled == 1)) return true;
    }
    return false;
}

void odf_table_row(const xmlNode *row, bool is_header) {
    if (is_layout(row)) {
        struct grid_pause *pause = grid_pause();
        for_each_child(cell, row) {
            if (node_is(cell, "table-cell")) odf_blocks(cell, NULL);
        }
        blocks_flush();
        grid_resume(pause);
        return;
    }
    for_each_child(cell, row) {
        if (node_is(cell, "table-cell") || node_is(cell, "covered-table-cell")) write_cell(cell);
    }
    grid_row_end(is_header);
}

static void append_row(const xmlNode *row, struct buffer *target) {
    bool has_cell = false;
    for_each_child(cell, row) {
        if (!node_is(cell, "table-cell")) continue;
        struct buffer text = {0};
        odf_blocks(cell, &text);
        buffer_collapse(&text, !odf_is_running);
        if (text.length && has_cell) buffer_text(target, odf_is_running ? " | " : " ");
        buffer_append(target, text.bytes, text.length);
        has_cell |= text.length > 0;
        buffer_free(&text);
    }
    buffer_byte(target, '\n');
}

/// Rows may be grouped.
static void read_rows(const xmlNode *parent, struct buffer *target, bool is_header) {
    for_each_child(child, parent) {
        bool is_heading = node_is(child, "table-header-rows");
        bool is_group = node_is(child, "table-rows") || node_is(child, "table-row-group");
        if (is_heading || is_group) read_rows(child, target, is_header || is_heading);
        else if (!node_is(child, "table-row")) continue;
        else if (target) append_row(child, target);
        else odf_table_row(child, is_header);
    }
}

void odf_table(const xmlNode *table, struct buffer *target) {
    if (!target) odf_table_begin();
    read_rows(table, target, false);
    if (!target) odf_table_end();
}
