// Tables with rules: the text between the rules of a grid is the text of its cells.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_grid.h"

enum {
    /// Longer texts than those of a table: a page that rules divide into articles or frames.
    cell_glyphs_mean_max = 400,
    /// Rows of text in a row of the grid that has no rules between its rows.
    open_rows_min = 3,
};

static struct pdf_page_text *text;
static struct pdf_grid grid;
/// Words in the current grid, and those of them that a border crosses.
static int words, crossed_words;

static int column_at(float x) {
    if (x < grid.x[0] - 2 || x > grid.x[grid.columns] + 2) return -1;
    int column = 0;
    while (column + 1 < grid.columns && x > grid.x[column + 1]) column++;
    return column;
}

static int row_at(float y) {
    if (y > grid.y[0] + 2 || y < grid.y[grid.rows] - 2) return -1;
    int row = 0;
    while (row + 1 < grid.rows && y < grid.y[row + 1]) row++;
    return row;
}

static float middle(const struct pdf_fragment *fragment) {
    if (fragment->vertical) return (fragment->box.bottom + fragment->box.top) / 2;
    return fragment->baseline + 0.3f * fragment->size;
}

/// Whether a rule is between two letters.
static bool is_divided(float left, float right) {
    for (int i = 0; i <= grid.columns; i++) {
        if (grid.x[i] > left - 0.5f && grid.x[i] < right + 0.5f) return true;
    }
    return false;
}

/// The glyph after the end of a word that begins at `first`.
static size_t word_end(const struct pdf_fragment *fragment, size_t first) {
    size_t at = first + 1;
    for (; at < fragment->end; at++) {
        const struct pdf_glyph *glyph = &text->glyphs[at], *last = glyph - 1;
        float gap = glyph->box.left - last->box.right;
        if (glyph->after_blank || gap > 0.5f * fragment->size) break;
        if (gap > 0 && is_divided(last->box.right, glyph->box.left)) break;
    }
    return at;
}

/// The place where the cell of a word begins, or -1.
static int cell_of_word(int row, size_t first, size_t end) {
    float left = text->glyphs[first].box.left, right = text->glyphs[end - 1].box.right;
    int column = column_at((left + right) / 2);
    if (column < 0 || row < 0) return -1;
    int cell = grid.owners[row * grid.columns + column], last = column;
    while (last + 1 < grid.columns && grid.owners[row * grid.columns + last + 1] == cell) last++;
    words++;
    crossed_words += left < grid.x[cell % grid.columns] - 2 || right > grid.x[last + 1] + 2;
    return cell;
}

/// Cuts a fragment where its words change to another cell.
static void split_at_cells(size_t index) {
    const struct pdf_fragment *fragment = &text->fragments[index];
    int row = row_at(middle(fragment));
    if (row < 0 || fragment->region >= 0 || fragment->vertical) return;
    if (fragment->box.right < grid.x[0] || fragment->box.left > grid.x[grid.columns]) return;
    int cell = -2;
    for (size_t first = fragment->first, end; first < fragment->end; first = end) {
        end = word_end(fragment, first);
        int next = cell_of_word(row, first, end);
        if (cell != -2 && next != cell) {
            pdf_split_fragment(text, index, first);
            return;
        }
        cell = next;
    }
}

static int cell_of(const struct pdf_fragment *fragment) {
    if (fragment->region >= 0) return -1;
    int row = row_at(middle(fragment));
    int column = column_at((fragment->box.left + fragment->box.right) / 2);
    return column < 0 || row < 0 ? -1 : grid.owners[row * grid.columns + column];
}

/// Whether the cells hold the text of a table: in several rows and columns, and briefly.
static bool is_table(const int *cells) {
    int used = 0, places = 0, owners = 0, glyphs = 0, largest = 0;
    bool rows[grid_rows_max] = {0}, columns[grid_columns_max] = {0};
    int rows_used = 0, columns_used = 0;
    for (int i = 0; i < grid.rows * grid.columns; i++) {
        places++;
        owners += grid.owners[i] == i;
        if (!cells[i]) continue;
        int row = i / grid.columns, column = i % grid.columns;
        used++;
        rows_used += !rows[row];
        columns_used += !columns[column];
        rows[row] = columns[column] = true;
        glyphs += cells[i];
        if (cells[i] > largest) largest = cells[i];
    }
    if (rows_used < 2 || columns_used < 2 || used < 3) return false;
    if (owners * 4 < places || used * 8 < owners) return false;
    if (crossed_words * 10 > words) return false;
    if (largest > 600 && largest * 10 > (int)text->glyph_count * 6) return false;
    return glyphs < used * cell_glyphs_mean_max;
}

static int span_of(int cell, int step, int limit) {
    int span = 1;
    while (span < limit && grid.owners[cell + span * step] == cell) span++;
    return span;
}

/// Makes the fragments of the grid a table.
static void assign(int region) {
    struct pdf_region *table = &text->regions[region];
    table->rows = grid.rows;
    table->columns = grid.columns;
    table->box = (struct pdf_box){grid.x[0], grid.y[grid.rows], grid.x[grid.columns], grid.y[0]};
    for (size_t i = 0; i < text->fragment_count; i++) {
        struct pdf_fragment *fragment = &text->fragments[i];
        int cell = cell_of(fragment);
        if (cell < 0) continue;
        fragment->region = region;
        fragment->row = cell / grid.columns;
        fragment->column = cell % grid.columns;
        fragment->column_span = span_of(cell, 1, grid.columns - fragment->column);
        fragment->row_span = span_of(cell, grid.columns, grid.rows - fragment->row);
    }
}

static void read_grid(void) {
    words = crossed_words = 0;
    for (size_t i = 0; i < text->fragment_count; i++) split_at_cells(i);
    size_t places = (size_t)grid.rows * (size_t)grid.columns;
    int *cells = checked_realloc(NULL, places, sizeof *cells);
    memset(cells, 0, places * sizeof *cells);
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        int cell = cell_of(fragment);
        if (cell >= 0) cells[cell] += (int)(fragment->end - fragment->first);
    }
    if (is_table(cells)) {
        int region = pdf_add_region(text);
        assign(region);
        pdf_complete_ruled_table(text, region);
    }
    free(cells);
}

void pdf_find_ruled_tables(struct pdf_page_text *page_text) {
    text = page_text;
    if (text->across.count < 2 || text->down.count < 1 || !text->fragment_count) return;
    if (text->fragment_count > pdf_fragments_max) return;
    if (!pdf_merge_rules(&text->across) || !pdf_merge_rules(&text->down)) return;
    struct pdf_rule_groups groups = pdf_group_rules(text);
    for (int group = 0; group < groups.count; group++) {
        if (pdf_make_grid(&grid, text, &groups, group)) read_grid();
        free(grid.owners);
        grid.owners = NULL;
    }
    free(groups.across);
}
