#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "merges.h"
#include "regions.h"
#include "report.h"
#include "run_limits.h"
#include "sheet_tables.h"
#include "window.h"
#include "writer.h"

enum {
    /// The rows, cells and bytes of text that are kept until they are written.
    lines_max = 10000,
    cells_max = 1 << 18,
    texts_bytes_max = 16 << 20,
    /// The rows that wait for those below, which show whether a heading begins among them.
    lines_ahead = 64,
    declared_tables_max = 1000,
};

struct declared_table *declared_tables;
size_t declared_table_count;
long frozen_rows;
bool has_styles;

/// The columns that are hidden, and how many are hidden up to each.
static bool is_hidden[sheet_columns_max + 1];
static uint16_t hidden_before[sheet_columns_max + 2];

static bool line_is_open;
static long last_row;
static size_t text_bytes;

void sheet_begin(bool styles) {
    has_styles = styles;
    frozen_rows = 0;
    last_row = -1;
    memset(is_hidden, 0, sizeof is_hidden);
    memset(hidden_before, 0, sizeof hidden_before);
    window.cell_count = window.line_count = 0;
    buffer_clear(&window.texts);
}

void sheet_hide_columns(long first, long count) {
    for (long i = first < 0 ? 0 : first; i < first + count && i < sheet_columns_max; i++) {
        is_hidden[i] = true;
    }
    for (long i = 0; i < sheet_columns_max; i++) {
        hidden_before[i + 1] = (uint16_t)(hidden_before[i] + is_hidden[i]);
    }
}

struct cell_range shown_range(struct cell_range range) {
    if (range.first_column > sheet_columns_max) range.first_column = sheet_columns_max;
    if (range.last_column > sheet_columns_max) range.last_column = sheet_columns_max;
    range.first_column -= hidden_before[range.first_column];
    range.last_column -= hidden_before[range.last_column + 1];
    return range;
}

void sheet_frozen_rows(long rows) { frozen_rows = rows; }

static void declare(struct declared_table table) {
    if (declared_table_count == declared_tables_max) return;
    declared_tables = checked_realloc(declared_tables, declared_table_count + 1,
                                      sizeof *declared_tables);
    declared_tables[declared_table_count++] = table;
}

void sheet_table(struct cell_range range, long header_rows, const char *caption) {
    declare((struct declared_table){
        .range = shown_range(range), .header_rows = header_rows, .caption = checked_copy(caption)});
}

void sheet_pivot(struct cell_range range, long header_rows, long label_columns) {
    declare((struct declared_table){
        .range = shown_range(range), .header_rows = header_rows, .label_columns = label_columns,
        .caption = checked_copy("")});
}

static void append_cell(struct cell cell) {
    if (window.cell_count == window.cell_capacity) {
        window.cell_capacity = window.cell_capacity * 2 + 1024;
        window.cells =
            checked_realloc(window.cells, window.cell_capacity, sizeof *window.cells);
    }
    window.cells[window.cell_count++] = cell;
    window.lines[window.line_count - 1].count++;
}

static uint32_t append_text(const char *text, size_t length) {
    uint32_t start = (uint32_t)window.texts.length;
    buffer_append(&window.texts, text, length);
    buffer_byte(&window.texts, 0);
    return start;
}

static int compare_columns(const void *a, const void *b) {
    const struct cell *left = a, *right = b;
    return (left->column > right->column) - (left->column < right->column);
}

/// Gives the places that merged cells cover in the last line the text of those cells.
static void cover_line(void) {
    struct line *line = &window.lines[window.line_count - 1];
    uint32_t own = line->count;
    struct cover cover;
    merges_begin_row(line->row);
    while (merges_next(&cover)) {
        const struct cell *cells = window.cells + line->first;
        struct cell key = {.column = (uint16_t)cover.column};
        const struct cell *found = bsearch(&key, cells, own, sizeof key, compare_columns);
        if (cover.is_anchor) {
            if (found) merges_keep(text_of(found), found->kind, found->flags);
            continue;
        }
        if (found) continue;
        key.text = append_text(cover.text, strlen(cover.text));
        key.kind = (uint8_t)cover.kind;
        key.flags = (uint8_t)cover.flags;
        append_cell(key);
        line = &window.lines[window.line_count - 1];
    }
    struct cell *cells = window.cells + line->first;
    if (line->count > own) qsort(cells, line->count, sizeof *cells, compare_columns);
}

/// Moves the lines from `first` on to the start of the window.
static void drop_lines(size_t first) {
    size_t kept = window.line_count - first, from = window.cell_count;
    if (kept) from = window.lines[first].first;
    struct buffer texts = {0};
    window.cell_count -= from;
    memmove(window.cells, window.cells + from, window.cell_count * sizeof *window.cells);
    for (size_t i = 0; i < window.cell_count; i++) {
        const char *text = window.texts.bytes + window.cells[i].text;
        window.cells[i].text = (uint32_t)texts.length;
        buffer_append(&texts, text, strlen(text) + 1);
    }
    memmove(window.lines, window.lines + first, kept * sizeof *window.lines);
    for (size_t i = 0; i < kept; i++) window.lines[i].first -= from;
    window.line_count = kept;
    buffer_free(&window.texts);
    window.texts = texts;
}

/// Writes what is in the window, except the last rows, which need those below them.
static void write_lines(void) {
    size_t end = window.line_count - lines_ahead;
    bool goes_on = true;
    for (size_t i = end; goes_on && i > window.line_count / 2; i--) {
        if (!window.lines[i].is_after_gap) continue;
        end = i;
        goes_on = false;
    }
    regions_write(end, goes_on);
    drop_lines(end);
}

static void end_line(void) {
    if (!line_is_open) return;
    line_is_open = false;
    cover_line();
    bool is_full = window.line_count == lines_max || window.cell_count >= cells_max ||
        window.texts.length >= texts_bytes_max;
    if (is_full && window.line_count >= 2 * lines_ahead) write_lines();
}

static void begin_line(long row) {
    end_line();
    if (window.line_count == window.line_capacity) {
        window.line_capacity = window.line_capacity * 2 + 256;
        window.lines =
            checked_realloc(window.lines, window.line_capacity, sizeof *window.lines);
    }
    window.lines[window.line_count++] = (struct line){
        .row = row, .first = window.cell_count,
        .is_after_gap = last_row >= 0 && row > last_row + 1 && !merges_fill(last_row + 1, row - 1),
    };
    line_is_open = true;
    last_row = row;
}

void sheet_hide_row(long row) {
    end_line();
    if (row == last_row + 1) last_row = row;
}

void sheet_cell(long row, long column, struct buffer *text, enum cell_kind kind,
                bool is_emphasised) {
    buffer_collapse(text, false);
    if (!text->length || column < 0 || column >= sheet_columns_max) return;
    if (row < 0 || row < last_row) return;
    if (is_hidden[column]) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
        return;
    }
    column -= hidden_before[column];
    if (row > last_row) begin_line(row);
    struct line *line = &window.lines[window.line_count - 1];
    if (line->count && window.cells[window.cell_count - 1].column >= column) return;
    if (kind == CELL_TEXT) kind = cell_kind_of_text(buffer_cstring(text));
    text_bytes += text->length;
    if (text_bytes > limits.output_bytes) {
        fail(FAILURE_TOO_LARGE, "the document contains more text than the limit");
    }
    append_cell((struct cell){
        .text = append_text(text->bytes, text->length), .column = (uint16_t)column,
        .kind = (uint8_t)kind, .flags = is_emphasised ? CELL_IS_EMPHASISED : 0,
    });
}

void sheet_end(void) {
    end_line();
    regions_write(window.line_count, false);
    tables_close();
    merges_clear();
    for (size_t i = 0; i < declared_table_count; i++) free(declared_tables[i].caption);
    declared_table_count = 0;
    window.cell_count = window.line_count = 0;
    buffer_clear(&window.texts);
}
