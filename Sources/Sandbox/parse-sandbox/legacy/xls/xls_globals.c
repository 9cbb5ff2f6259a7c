#include "xls_globals.h"

#include <stdlib.h>

#include "failure.h"
#include "number_formats.h"
#include "report.h"

enum {
    sheets_max = 1000,
    styles_max = 65536,
    kind_module = 6,
    /// Two bits: hidden, or hidden from the user.
    state_hidden = 3,
    bold = 600,
    /// The index of a font that does not exist; fonts behind it are one further down in the list.
    missing_font = 4,
};

struct xls_sheet *xls_sheets;
size_t xls_sheet_count;

/// Text of all shared strings, each with a NUL, and where each begins.
static struct buffer strings;
static size_t *string_starts, string_count;

static struct { unsigned id; const struct format_code *format; } *formats;
static size_t format_count;
static bool *bold_fonts;
static size_t font_count;
static struct {
    uint16_t font, format_id;
    /// NULL until the style is used.
    const struct format_code *format;
} *styles;
static size_t style_count;

static void read_shared_strings(const struct record *record) {
    struct record_reader reader = reader_of(record, 8);
    size_t declared = view_u32(record->data, 4), capacity = 0;
    // A workbook has one table.
    if (string_count) return;
    while (string_count < declared && !reader_is_at_end(&reader)) {
        if (string_count == capacity) {
            capacity = capacity * 2 + 1024;
            string_starts = checked_realloc(string_starts, capacity, sizeof *string_starts);
        }
        string_starts[string_count++] = strings.length;
        size_t length = reader_u16(&reader);
        reader_string(&reader, length, &strings);
        buffer_byte(&strings, 0);
    }
}

const char *xls_shared_string(uint32_t index) {
    return index < string_count ? strings.bytes + string_starts[index] : "";
}

static void read_format(const struct record *record) {
    struct record_reader reader = reader_of(record, 2);
    struct buffer code = {0};
    size_t length = workbook.is_unicode ? reader_u16(&reader) : reader_u8(&reader);
    if (format_count == styles_max) return;
    reader_string(&reader, length, &code);
    formats = checked_realloc(formats, format_count + 1, sizeof *formats);
    formats[format_count].id = view_u16(record->data, 0);
    formats[format_count++].format = number_format_of_code(buffer_cstring(&code));
    buffer_free(&code);
}

static void read_font(const struct record *record) {
    if (font_count == styles_max) return;
    bold_fonts = checked_realloc(bold_fonts, font_count + 1, sizeof *bold_fonts);
    bold_fonts[font_count++] = view_u16(record->data, 6) >= bold;
}

static void read_style(const struct record *record) {
    if (style_count == styles_max) return;
    styles = checked_realloc(styles, style_count + 1, sizeof *styles);
    styles[style_count].font = view_u16(record->data, 0);
    styles[style_count].format_id = view_u16(record->data, 2);
    styles[style_count++].format = NULL;
}

static const struct format_code *format_of(unsigned id) {
    for (size_t i = 0; i < format_count; i++) {
        if (formats[i].id == id) return formats[i].format;
    }
    return number_format_of_id((long)id);
}

struct xls_style xls_style(unsigned index) {
    if (index >= style_count) return (struct xls_style){.format = number_format_of_id(0)};
    size_t font = styles[index].font;
    if (font > missing_font) font--;
    if (!styles[index].format) styles[index].format = format_of(styles[index].format_id);
    return (struct xls_style){
        .format = styles[index].format,
        .is_emphasised = font < font_count && bold_fonts[font]};
}

/// Whether a sheet's records begin where another's do.
static bool is_repeated(size_t at) {
    for (size_t i = 0; i < xls_sheet_count; i++) {
        if (xls_sheets[i].at == at) return true;
    }
    return false;
}

static void read_sheet(const struct record *record) {
    unsigned kind = view_u8(record->data, 5);
    size_t at = view_u32(record->data, 0);
    if (kind == kind_module || is_repeated(at)) return;
    if (view_u8(record->data, 4) & state_hidden) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
        return;
    }
    if (xls_sheet_count == sheets_max) {
        fail(FAILURE_TOO_LARGE, "the workbook has more than 1000 sheets");
    }
    struct record_reader reader = reader_of(record, 6);
    struct buffer name = {0};
    size_t length = reader_u8(&reader);
    reader_string(&reader, length, &name);
    xls_sheets = checked_realloc(xls_sheets, xls_sheet_count + 1, sizeof *xls_sheets);
    xls_sheets[xls_sheet_count++] = (struct xls_sheet){
        .at = at, .name = checked_copy(buffer_cstring(&name))};
    buffer_free(&name);
}

void xls_globals_read(void) {
    struct record record;
    if (!record_at(0, &record) || record.code != RECORD_BEGIN) {
        fail(FAILURE_MALFORMED, "the workbook has no first record");
    }
    workbook.is_unicode = view_u16(record.data, 0) >= 0x600;
    workbook.code_page = 1252;
    for (size_t at = record.next; record_at(at, &record); at = record.next) {
        switch (record.code) {
        case RECORD_END: return;
        case RECORD_ENCRYPTION: fail(FAILURE_ENCRYPTED, "the workbook is encrypted");
        case RECORD_CODE_PAGE: workbook.code_page = view_u16(record.data, 0); break;
        case RECORD_DATES_FROM_1904:
            if (view_u16(record.data, 0)) number_formats_use_1904();
            break;
        case RECORD_SHARED_STRINGS: read_shared_strings(&record); break;
        case RECORD_FORMAT: read_format(&record); break;
        case RECORD_FONT: read_font(&record); break;
        case RECORD_STYLE: read_style(&record); break;
        case RECORD_SHEET: read_sheet(&record); break;
        }
    }
}
