#include "xls_values.h"

#include <stdio.h>
#include <string.h>

#include "number_formats.h"

enum {
    /// Records between a formula and the text that is its value.
    records_to_text_max = 4,
    value_text = 0, value_truth = 1, value_error = 2,
};

static double small_number(uint32_t bits) {
    double value;
    if (bits & 2) {
        value = (int32_t)bits >> 2;
    } else {
        uint64_t wide = (uint64_t)(bits & ~3u) << 32;
        memcpy(&value, &wide, sizeof value);
    }
    return bits & 1 ? value / 100 : value;
}

static double number(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const char *error_text(unsigned code) {
    switch (code) {
    case 0x00: return "#NULL!";
    case 0x07: return "#DIV/0!";
    case 0x0f: return "#VALUE!";
    case 0x17: return "#REF!";
    case 0x1d: return "#NAME?";
    case 0x24: return "#NUM!";
    default: return "#N/A";
    }
}

static void set_number(struct xls_value *value, double stored) {
    char digits[64];
    snprintf(digits, sizeof digits, "%.17g", stored);
    value->kind = append_number(&value->text, digits, value->style.format);
}

static void set_truth_or_error(struct xls_value *value, unsigned code, bool is_error) {
    value->kind = CELL_FLAG;
    buffer_text(&value->text, is_error ? error_text(code) : code ? "TRUE" : "FALSE");
}

static void set_text(struct xls_value *value, const char *text) {
    append_formatted_text(&value->text, text, value->style.format);
    value->kind = cell_kind_of_text(text);
}

static void set_string(struct xls_value *value, const struct record *record, size_t at) {
    struct record_reader reader = reader_of(record, at + 2);
    struct buffer text = {0};
    reader_string(&reader, view_u16(record->data, at), &text);
    set_text(value, buffer_cstring(&text));
    buffer_free(&text);
}

static void set_formula(struct xls_value *value, const struct record *record) {
    if (view_u16(record->data, 12) != 0xffff) {
        set_number(value, number(view_u64(record->data, 6)));
        return;
    }
    struct record next = *record;
    switch (view_u8(record->data, 6)) {
    case value_truth: set_truth_or_error(value, view_u8(record->data, 8), false); return;
    case value_error: set_truth_or_error(value, view_u8(record->data, 8), true); return;
    case value_text:
        for (int i = 0; i < records_to_text_max && record_at(next.next, &next); i++) {
            if (next.code != RECORD_STRING) continue;
            set_string(value, &next, 0);
            return;
        }
    }
}

void xls_value_read(size_t at, size_t index, struct xls_value *value) {
    struct record record;
    if (!record_at(at, &record)) return;
    size_t several = record.code == RECORD_NUMBERS ? index * 6 : 0;
    value->kind = CELL_TEXT;
    value->style = xls_style(view_u16(record.data, 4 + several));
    switch (record.code) {
    case RECORD_NUMBERS: case RECORD_SMALL_NUMBER:
        set_number(value, small_number(view_u32(record.data, 6 + several)));
        break;
    case RECORD_NUMBER: set_number(value, number(view_u64(record.data, 6))); break;
    case RECORD_TRUTH_OR_ERROR:
        set_truth_or_error(value, view_u8(record.data, 6), view_u8(record.data, 7));
        break;
    case RECORD_LABEL: case RECORD_RICH_STRING: set_string(value, &record, 6); break;
    case RECORD_SHARED_STRING:
        set_text(value, xls_shared_string(view_u32(record.data, 6)));
        break;
    case RECORD_FORMULA: set_formula(value, &record); break;
    }
}
