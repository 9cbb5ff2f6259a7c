// Tables of a DOCX, row by row.
#include <limits.h>
#include <string.h>

#include "blocks.h"
#include "grid.h"
#include "word.h"

enum { cells_max = 1024 };

void word_table_begin(void) {
    blocks_flush();
    grid_begin();
}

void word_table_end(void) {
    grid_end();
    word_graphics_flush();
}

/// Calls `use` for each cell of a row, also in content controls, and returns their number.
static size_t cells_of(const xmlNode *row, const xmlNode *cells[cells_max]) {
    size_t count = 0;
    for (xmlNodePtr at = node_next(row, row, false); at && count < cells_max;
         at = node_next(at, row, node_is(at, "tc") || word_is_skipped(node_name(at)))) {
        if (node_is(at, "tc")) cells[count++] = at;
    }
    return count;
}

static bool continues_above(const xmlNode *properties) {
    const xmlNode *merge = node_child(properties, "vMerge");
    const char *value = node_attribute(merge, "val");
    return merge && (!value || strcmp(value, "restart"));
}

static void write_cell(const xmlNode *cell) {
    const xmlNode *properties = node_child(cell, "tcPr");
    long columns = node_number(node_child(properties, "gridSpan"), "val", 1);
    if (columns < 1) columns = 1;
    if (columns > grid_columns_max) columns = grid_columns_max;
    const char *merge = child_value(properties, "hMerge");
    bool is_covered = continues_above(properties) || (merge && !strcmp(merge, "continue"));
    if (is_covered) {
        grid_covered(columns);
        return;
    }
    struct buffer text = {0};
    word_blocks(cell, &text);
    grid_cell(&text, columns, node_child(properties, "vMerge") ? LONG_MAX : 1);
    grid_covered(columns - 1);
    buffer_free(&text);
}

static bool has_text(const xmlNode *cell) {
    for (xmlNodePtr at = node_next(cell, cell, false); at; at = node_next(at, cell, false)) {
        if (node_is(at, "t") && at->children) return true;
    }
    return false;
}

static bool is_heading(const xmlNode *paragraph) {
    const xmlNode *properties = node_child(paragraph, "pPr");
    return word_style(child_value(properties, "pStyle")).heading && has_text(paragraph);
}

static bool is_code(const xmlNode *paragraph) {
    return word_style(child_value(node_child(paragraph, "pPr"), "pStyle")).is_code;
}

/// Whether a cell contains blocks that have no place in a table: a heading with text below it. If
/// it is the only cell of the row, any heading, code or table is one.
static bool has_blocks(const xmlNode *cell, bool is_only) {
    size_t paragraphs = 0, headings = 0, others = 0;
    for_each_child(child, cell) {
        if (node_is(child, "tbl")) others++;
        if (!node_is(child, "p")) continue;
        paragraphs += has_text(child);
        headings += is_heading(child);
        others += is_code(child);
    }
    return is_only ? headings || others : headings && (paragraphs > headings || others);
}

/// Whether the row arranges blocks on the page rather than values in columns.
static bool is_layout(const xmlNode *const *cells, size_t count) {
    size_t filled = 0, with_blocks = 0;
    for (size_t i = 0; i < count; i++) filled += has_text(cells[i]);
    for (size_t i = 0; i < count; i++) {
        with_blocks += has_text(cells[i]) && has_blocks(cells[i], filled == 1);
    }
    return with_blocks;
}

void word_table_row(const xmlNode *row) {
    const xmlNode *cells[cells_max], *properties = node_child(row, "trPr");
    struct buffer empty = {0};
    size_t count = cells_of(row, cells);
    if (is_layout(cells, count)) {
        struct grid_pause *pause = grid_pause();
        for (size_t i = 0; i < count; i++) word_blocks(cells[i], NULL);
        blocks_flush();
        grid_resume(pause);
        return;
    }
    long before = node_number(node_child(properties, "gridBefore"), "val", 0);
    for (; before > 0 && before <= grid_columns_max; before--) grid_cell(&empty, 1, 1);
    for (size_t i = 0; i < count; i++) write_cell(cells[i]);
    grid_row_end(node_is_on(node_child(properties, "tblHeader")));
}

void word_table_text(const xmlNode *table, struct buffer *target) {
    const char *separator = word_is_running ? " | " : " ";
    for (xmlNodePtr at = node_next(table, table, false); at;
         at = node_next(at, table, node_is(at, "tr") || word_is_skipped(node_name(at)))) {
        if (!node_is(at, "tr")) continue;
        const xmlNode *cells[cells_max];
        size_t count = cells_of(at, cells);
        bool has_cell = false;
        for (size_t i = 0; i < count; i++) {
            struct buffer text = {0};
            word_blocks(cells[i], &text);
            buffer_collapse(&text, !word_is_running);
            if (text.length && has_cell) buffer_text(target, separator);
            buffer_append(target, text.bytes, text.length);
            has_cell |= text.length > 0;
            buffer_free(&text);
        }
        buffer_byte(target, '\n');
    }
}
