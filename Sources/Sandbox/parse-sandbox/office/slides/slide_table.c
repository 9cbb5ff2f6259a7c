// Tables of PPTX. Each place is a cell, also where a merged cell covers it.
#include <string.h>

#include "grid.h"
#include "slides.h"

static bool is_set(const xmlNode *node, const char *name) {
    const char *value = node_attribute(node, name);
    return value && (!strcmp(value, "1") || !strcmp(value, "true"));
}

static void write_cell(const xmlNode *cell) {
    if (is_set(cell, "hMerge") || is_set(cell, "vMerge")) {
        grid_covered(1);
        return;
    }
    struct buffer text = {0};
    slide_text(node_child(cell, "txBody"), SLIDE_TEXT, &text);
    grid_cell(&text, node_number(cell, "gridSpan", 1), node_number(cell, "rowSpan", 1));
    buffer_free(&text);
}

/// Whether the row names groups of columns, so that the next row belongs to the heading too.
static bool has_groups(const xmlNode *row) {
    for_each_child(cell, row) {
        if (node_number(cell, "gridSpan", 1) > 1) return true;
    }
    return false;
}

void slide_table(const xmlNode *table) {
    bool is_heading = is_set(node_child(table, "tblPr"), "firstRow");
    grid_begin();
    for_each_child(row, table) {
        if (!node_is(row, "tr")) continue;
        for_each_child(cell, row) {
            if (node_is(cell, "tc")) write_cell(cell);
        }
        grid_row_end(is_heading && !has_groups(row));
        is_heading = false;
    }
    grid_end();
}
