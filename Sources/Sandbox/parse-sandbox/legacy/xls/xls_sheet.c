// Two passes over the records of a sheet: the first finds the cells and all that has to be known
// before them, the second reads their values in the order of rows.
#include "xls_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "sheet.h"
#include "writer.h"
#include "xls_remarks.h"
#include "xls_values.h"

enum { rows_max = 65536, columns_max = 65536, WINDOW_IS_FROZEN = 8, ROW_IS_HIDDEN = 32 };

/// A cell: its place, its record, and its index in a record of several cells.
struct place {
    uint32_t key, index;
    size_t at;
};

static struct place *places;
static size_t place_count, place_capacity;
/// Whether the cells are in reading order.
static bool is_sorted;
/// Hidden otherwise than in a group that can be opened.
static bool hidden_rows[rows_max], hidden_columns[columns_max];
/// Hidden rows of a sheet with a filter can be shown by a click, so they are read.
static bool has_filter;

static void add_place(uint16_t row, uint16_t column, size_t at, uint32_t index) {
    if (place_count == place_capacity) {
        place_capacity = place_capacity * 2 + 1024;
        places = checked_realloc(places, place_capacity, sizeof *places);
    }
    uint32_t key = cell_key(row, column);
    if (place_count && places[place_count - 1].key >= key) is_sorted = false;
    places[place_count++] = (struct place){key, index, at};
}

static void take_cell(const struct record *record) {
    uint16_t row = view_u16(record->data, 0), column = view_u16(record->data, 2);
    size_t count = 1;
    if (record->code == RECORD_NUMBERS) {
        count = record->data.length < 12 ? 0 : (record->data.length - 6) / 6;
    }
    for (size_t i = 0; i < count; i++) {
        add_place(row, (uint16_t)(column + i), record->at, (uint32_t)i);
    }
}

static void take_merged(const struct record *record) {
    size_t count = view_u16(record->data, 0);
    for (size_t at = 2; count && view_has(record->data, at, 8); at += 8, count--) {
        sheet_merge((struct cell_range){
            view_u16(record->data, at), view_u16(record->data, at + 2),
            view_u16(record->data, at + 4), view_u16(record->data, at + 6)});
    }
}

static void take_columns(const struct record *record) {
    unsigned first = view_u16(record->data, 0), last = view_u16(record->data, 2);
    bool is_hidden = view_u8(record->data, 8) & 1, is_grouped = view_u8(record->data, 9) & 7;
    for (unsigned i = first; is_hidden && !is_grouped && i <= last; i++) hidden_columns[i] = true;
}

static void take_row(const struct record *record) {
    unsigned form = view_u8(record->data, 12);
    bool is_grouped = form & 7;
    if (form & ROW_IS_HIDDEN && !is_grouped) hidden_rows[view_u16(record->data, 0)] = true;
}

/// Finds the cells of a sheet and declares what precedes them.
static void take_records(size_t at) {
    struct record record;
    bool is_frozen = false;
    for (int depth = 0; record_at(at, &record); at = record.next) {
        if (record.code == RECORD_BEGIN) depth++;
        else if (record.code == RECORD_END && --depth <= 0) return;
        if (depth != 1) continue;
        switch (record.code) {
        case RECORD_FORMULA: case RECORD_NUMBERS: case RECORD_RICH_STRING:
        case RECORD_SHARED_STRING: case RECORD_NUMBER: case RECORD_LABEL:
        case RECORD_TRUTH_OR_ERROR: case RECORD_SMALL_NUMBER: take_cell(&record); break;
        case RECORD_MERGED_CELLS: take_merged(&record); break;
        case RECORD_COLUMN: take_columns(&record); break;
        case RECORD_ROW: take_row(&record); break;
        case RECORD_FILTER_IS_ACTIVE: has_filter = true; break;
        case RECORD_WINDOW: is_frozen = view_u16(record.data, 0) & WINDOW_IS_FROZEN; break;
        case RECORD_PANE:
            if (is_frozen) sheet_frozen_rows(view_u16(record.data, 2));
            break;
        default: xls_remarks_take(&record);
        }
    }
}

/// Writes the titles and names in the charts of a sheet, or in a sheet that is a chart.
static void write_charts(size_t at) {
    struct record record;
    for (int depth = 0; record_at(at, &record); at = record.next) {
        if (record.code == RECORD_BEGIN) depth++;
        else if (record.code == RECORD_END && --depth <= 0) return;
        if (record.code != RECORD_CHART_TEXT) continue;
        struct record_reader reader = reader_of(&record, 3);
        struct buffer text = {0};
        reader_string(&reader, view_u8(record.data, 2), &text);
        write_paragraph(&text);
        buffer_free(&text);
    }
}

static bool is_hidden(uint32_t key) {
    return (hidden_rows[key >> 16] && !has_filter) || hidden_columns[key & 0xffff];
}

static void write_cell(struct xls_value *value, uint32_t key) {
    if (value->text.length && is_hidden(key)) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
    } else if (value->text.length) {
        sheet_cell((long)(key >> 16), (long)(key & 0xffff), &value->text, value->kind,
                   value->style.is_emphasised);
    }
    buffer_clear(&value->text);
}

static void append_remark(struct buffer *text, const struct xls_remark *remark) {
    if (text->length) buffer_byte(text, ' ');
    buffer_byte(text, remark->is_link ? '(' : '[');
    buffer_text(text, remark->text);
    buffer_byte(text, remark->is_link ? ')' : ']');
}

/// Appends the remarks on the cell `key` to its value. Writes remarks on empty cells before it.
static void add_remarks(struct xls_value *value, uint32_t key) {
    struct xls_value alone = {.kind = CELL_MARK};
    const struct xls_remark *remark;
    while ((remark = xls_remark_next(key))) {
        bool is_here = value && remark->cell == key;
        append_remark(is_here ? &value->text : &alone.text, remark);
        if (!is_here) write_cell(&alone, remark->cell);
    }
    buffer_free(&alone.text);
}

static int by_key(const void *left, const void *right) {
    const struct place *a = left, *b = right;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static void write_cells(void) {
    struct xls_value value = {0};
    for (size_t i = 0; i < place_count; i++) {
        const struct place *place = &places[i];
        bool is_repeated = i + 1 < place_count && place[1].key == place->key;
        if (is_repeated) continue;
        xls_value_read(place->at, place->index, &value);
        add_remarks(&value, place->key);
        write_cell(&value, place->key);
    }
    add_remarks(NULL, UINT32_MAX);
    buffer_free(&value.text);
}

void xls_sheet_write(size_t at) {
    place_count = 0;
    is_sorted = true;
    has_filter = false;
    memset(hidden_rows, 0, sizeof hidden_rows);
    memset(hidden_columns, 0, sizeof hidden_columns);
    sheet_begin(true);
    take_records(at);
    if (!is_sorted) qsort(places, place_count, sizeof *places, by_key);
    xls_remarks_sort();
    write_cells();
    sheet_end();
    xls_remarks_end();
    write_charts(at);
}
