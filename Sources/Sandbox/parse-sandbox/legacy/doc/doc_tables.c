#include "doc_tables.h"

#include <stdlib.h>
#include <string.h>

#include "writer.h"

enum {
    cells_max = 256,
    cell_bytes = 20,
    /// Edges that are closer, in twentieths of a point, are the same.
    edge_tolerance = 60,
    FIRST_MERGED = 1, MERGED = 2, MERGED_ROWS = 1 << 5, FIRST_MERGED_ROW = 1 << 6,
};

struct cell {
    char *text;
    int left, right;
    unsigned merged;
};

struct row {
    struct cell *cells;
    size_t count;
    /// The edges of the cells are known.
    bool has_edges;
    bool is_header;
};

static struct row *rows, current;
static size_t row_count, row_capacity;

void doc_table_cell(struct buffer *text) {
    if (current.count == cells_max) return;
    if (!current.cells) current.cells = checked_realloc(NULL, cells_max, sizeof *current.cells);
    buffer_collapse(text, true);
    current.cells[current.count++] = (struct cell){.text = checked_copy(buffer_cstring(text))};
}

/// Reads edges and merged cells from the definition of a row.
static void read_definition(const struct paragraph_properties *end) {
    size_t columns = view_u8(end->row, 2), cells_at = 3 + (columns + 1) * 2;
    if (!columns || columns != current.count) return;
    current.has_edges = true;
    for (size_t i = 0; i < columns; i++) {
        struct cell *cell = &current.cells[i];
        cell->left = (int16_t)view_u16(end->row, 3 + i * 2);
        cell->right = (int16_t)view_u16(end->row, 5 + i * 2);
        cell->merged = view_u16(end->row, cells_at + i * cell_bytes);
        if (cell->right <= cell->left) current.has_edges = false;
    }
}

/// Joins the cells that a definition merges into the first of them.
static void join_merged(struct row *row) {
    size_t kept = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct cell cell = row->cells[i];
        if (kept && cell.merged & MERGED && !(cell.merged & FIRST_MERGED)) {
            row->cells[kept - 1].right = cell.right;
            if (!*cell.text) {
                free(cell.text);
                continue;
            }
        }
        row->cells[kept++] = cell;
    }
    row->count = kept;
}

void doc_table_row(const struct paragraph_properties *end) {
    if (!current.count) return;
    read_definition(end);
    current.is_header = end->is_header_row;
    join_merged(&current);
    current.cells = checked_realloc(current.cells, current.count, sizeof *current.cells);
    if (row_count == row_capacity) {
        row_capacity = row_capacity * 2 + 16;
        rows = checked_realloc(rows, row_capacity, sizeof *rows);
    }
    rows[row_count++] = current;
    current = (struct row){0};
}

static int ascending(const void *left, const void *right) {
    return *(const int *)left - *(const int *)right;
}

/// The edges of all columns. `*count` is 0 if the rows do not share them, as when two tables touch:
/// then they have many more columns than the widest row has cells.
static int *columns_of_table(size_t *count) {
    size_t cells = 0, widest = 0, edges = 0;
    for (size_t i = 0; i < row_count; i++) {
        cells += rows[i].count;
        if (rows[i].count > widest) widest = rows[i].count;
    }
    int *columns = checked_realloc(NULL, cells * 2, sizeof *columns);
    *count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (!rows[i].has_edges) return columns;
        for (size_t k = 0; k < rows[i].count; k++) {
            columns[edges++] = rows[i].cells[k].left;
            columns[edges++] = rows[i].cells[k].right;
        }
    }
    qsort(columns, edges, sizeof *columns, ascending);
    size_t kept = 0;
    for (size_t i = 0; i < edges; i++) {
        if (!kept || columns[i] - columns[kept - 1] > edge_tolerance) columns[kept++] = columns[i];
    }
    if (kept && kept - 1 <= widest + widest / 2) *count = kept;
    return columns;
}

/// Index of the edge nearest to `place`.
static size_t column_at(const int *columns, size_t count, int place) {
    size_t at = 0;
    while (at + 1 < count && abs(columns[at + 1] - place) <= abs(columns[at] - place)) at++;
    return at;
}

/// The cell of a row that continues the cell above with this left edge; NULL if there is none.
static struct cell *continuation(struct row *row, int left) {
    for (size_t i = 0; i < row->count; i++) {
        struct cell *cell = &row->cells[i];
        bool is_below = abs(cell->left - left) <= edge_tolerance;
        bool continues = cell->merged & MERGED_ROWS && !(cell->merged & FIRST_MERGED_ROW);
        if (is_below) return continues && row->has_edges ? cell : NULL;
    }
    return NULL;
}

/// Rows that the cell covers. Moves texts of the covered cells into it.
static long rows_of(size_t row, struct cell *cell) {
    if (!(cell->merged & FIRST_MERGED_ROW)) return 1;
    long count = 1;
    struct buffer text = {0};
    buffer_text(&text, cell->text);
    for (size_t below = row + 1; below < row_count; below++, count++) {
        struct cell *covered = continuation(&rows[below], cell->left);
        if (!covered) break;
        if (*covered->text) buffer_byte(&text, ' ');
        buffer_text(&text, covered->text);
        free(covered->text);
        covered->text = NULL;
    }
    free(cell->text);
    cell->text = checked_copy(buffer_cstring(&text));
    buffer_free(&text);
    return count;
}

static void write_row(size_t index, const int *columns, size_t column_count) {
    struct row *row = &rows[index];
    if (row->is_header) table_mark_header();
    for (size_t i = 0; i < row->count; i++) {
        struct cell *cell = &row->cells[i];
        size_t left = column_count ? column_at(columns, column_count, cell->left) : 0;
        // A row may begin further to the right than others.
        for (struct buffer empty = {0}; !i && left; left--) table_cell(&empty);
        if (!cell->text) continue;  // A cell above covers it.
        long rows_covered = column_count ? rows_of(index, cell) : 1, columns_covered = 1;
        if (column_count) {
            columns_covered = (long)column_at(columns, column_count, cell->right) -
                (long)column_at(columns, column_count, cell->left);
        }
        struct buffer text = {0};
        buffer_text(&text, cell->text);
        table_merged_cell(&text, columns_covered < 1 ? 1 : columns_covered, rows_covered);
        buffer_free(&text);
    }
    table_row_end();
}

void doc_table_flush(void) {
    if (current.count) doc_table_row(&(struct paragraph_properties){0});
    if (!row_count) return;
    size_t column_count;
    int *columns = columns_of_table(&column_count);
    table_begin();
    for (size_t i = 0; i < row_count; i++) write_row(i, columns, column_count);
    table_end();
    for (size_t i = 0; i < row_count; i++) {
        for (size_t k = 0; k < rows[i].count; k++) free(rows[i].cells[k].text);
        free(rows[i].cells);
    }
    free(columns);
    row_count = 0;
}
