// Tables. Rows are collected, because only all of them show which columns a wide cell covers.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "rtf.h"
#include "writer.h"

enum {
    cells_max = 512,
    /// Edges that differ by less, in twentieths of a point, are one.
    edge_tolerance = 60,
};

struct cell {
    char *text;
    long right;
    /// Belongs to the cell to the left, or to the cell above.
    bool is_merged, is_covered;
};

struct row {
    struct cell *cells;
    size_t count;
    bool is_header;
};

static struct row *rows;
static size_t row_count, row_capacity;
/// The definitions of the current row's cells, and those of the next one.
static struct cell defined[cells_max], next;
static size_t defined_count;
static bool is_header;
/// The texts of the current row.
static char *texts[cells_max];
static size_t text_count;

void rtf_row_defaults(void) {
    defined_count = 0;
    next = (struct cell){0};
    is_header = false;
}

void rtf_row_header(void) { is_header = true; }

void rtf_cell_merged(bool is_covered) {
    if (is_covered) next.is_covered = true;
    else next.is_merged = true;
}

void rtf_cell_edge(long right) {
    if (defined_count == cells_max) return;
    next.right = right;
    defined[defined_count++] = next;
    next = (struct cell){0};
}

void rtf_cell_end(struct buffer *text) {
    buffer_collapse(text, true);
    if (text_count < cells_max) {
        texts[text_count++] = checked_copy(buffer_cstring(text));
    } else if (text->length) {
        // The last cell has the text of all that follow, so that none is lost.
        struct buffer joined = {0};
        buffer_text(&joined, texts[cells_max - 1]);
        buffer_byte(&joined, ' ');
        buffer_append(&joined, text->bytes, text->length);
        free(texts[cells_max - 1]);
        texts[cells_max - 1] = checked_copy(buffer_cstring(&joined));
        buffer_free(&joined);
    }
    buffer_clear(text);
}

void rtf_row_end(void) {
    if (!text_count) return;
    if (row_count == row_capacity) {
        row_capacity = row_capacity * 2 + 16;
        rows = checked_realloc(rows, row_capacity, sizeof *rows);
    }
    struct row *row = &rows[row_count++];
    *row = (struct row){checked_realloc(NULL, text_count, sizeof *row->cells), 0, is_header};
    for (size_t i = 0; i < text_count; i++) {
        struct cell cell = {.right = -1};
        if (i < defined_count) cell = defined[i];
        cell.text = texts[i];
        if (cell.is_merged && row->count && !*cell.text) {
            row->cells[row->count - 1].right = cell.right;
            free(cell.text);
        } else {
            row->cells[row->count++] = cell;
        }
    }
    text_count = 0;
}

static int compare(const void *a, const void *b) {
    long first = *(const long *)a, second = *(const long *)b;
    return (first > second) - (first < second);
}

/// The right edges of all columns, in order. Returns their number; 0 if rows have no definitions.
static size_t find_edges(long edges[cells_max]) {
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        for (size_t j = 0; j < rows[i].count; j++) {
            long right = rows[i].cells[j].right;
            if (right < 0) return 0;
            size_t known = 0;
            while (known < count && labs(edges[known] - right) > edge_tolerance) known++;
            if (known == cells_max) return 0;
            if (known == count) edges[count++] = right;
        }
    }
    qsort(edges, count, sizeof *edges, compare);
    return count;
}

/// The columns that the cell covers.
static long span_of(const struct cell *cell, long left, const long *edges, size_t edge_count) {
    long span = 0;
    for (size_t i = 0; i < edge_count; i++) {
        span += edges[i] > left + edge_tolerance && edges[i] <= cell->right + edge_tolerance;
    }
    return span ? span : 1;
}

/// The rows below that continue the cell.
static long covered_rows(size_t row, const struct cell *cell) {
    long count = 0;
    for (size_t i = row + 1; i < row_count; i++, count++) {
        bool is_covered = false;
        for (size_t j = 0; j < rows[i].count; j++) {
            const struct cell *below = &rows[i].cells[j];
            is_covered |= below->is_covered && labs(below->right - cell->right) <= edge_tolerance;
        }
        if (!is_covered) break;
    }
    return count;
}

static void write_row(size_t index, const long *edges, size_t edge_count) {
    struct buffer text = {0};
    const struct row *row = &rows[index];
    long left = 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct cell *cell = &row->cells[i];
        long span = edge_count ? span_of(cell, i ? left : edges[0] - 1 - edge_tolerance, edges,
                                         edge_count) : 1;
        left = cell->right;
        if (cell->is_covered && index && !*cell->text) continue;
        buffer_clear(&text);
        buffer_text(&text, cell->text);
        table_merged_cell(&text, span, 1 + (cell->is_covered ? 0 : covered_rows(index, cell)));
    }
    if (row->is_header) table_mark_header();
    table_row_end();
    buffer_free(&text);
}

void rtf_table_end(void) {
    rtf_row_end();
    if (!row_count) return;
    blocks_flush();
    long edges[cells_max];
    size_t edge_count = find_edges(edges);
    table_begin();
    for (size_t i = 0; i < row_count; i++) write_row(i, edges, edge_count);
    table_end();
    for (size_t i = 0; i < row_count; i++) {
        for (size_t j = 0; j < rows[i].count; j++) free(rows[i].cells[j].text);
        free(rows[i].cells);
    }
    row_count = 0;
}
