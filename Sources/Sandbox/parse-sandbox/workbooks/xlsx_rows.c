// The rows of an XLSX sheet.
#include <limits.h>
#include <string.h>
#include <stdlib.h>

#include "report.h"
#include "xlsx_parts.h"

static struct {
    struct buffer value, formula, shown;
    char type[16];
    struct cell_style style;
    struct place place;
    bool in_value, in_formula;
    int phonetic_depth;
} cell;

static bool row_is_hidden;

static bool is_on(xmlTextReaderPtr reader, const char *name) {
    const char *value = xml_attribute(reader, name);
    return value && (!strcmp(value, "1") || !strcmp(value, "true"));
}

/// A row that a filter or a closed group hides can be shown by a click, so it is read.
static void begin_row(xmlTextReaderPtr reader) {
    long row = xml_number(reader, "r", 0) - 1;
    if (row <= cell.place.row) row = cell.place.row + 1;
    cell.place = (struct place){row, -1};
    row_is_hidden = is_on(reader, "hidden") && xml_number(reader, "outlineLevel", 0) == 0 &&
        !xlsx_filters_row(row);
    if (!row_is_hidden) return;
    report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
    sheet_hide_row(row);
}

static void begin_cell(xmlTextReaderPtr reader) {
    const char *type = xml_attribute(reader, "t");
    strncpy(cell.type, type ? type : "n", sizeof cell.type - 1);
    cell.style = xlsx_style(xml_number(reader, "s", 0));
    long column = xlsx_place(xml_attribute(reader, "r")).column;
    cell.place.column = column > cell.place.column ? column : cell.place.column + 1;
    buffer_clear(&cell.value);
    buffer_clear(&cell.formula);
    buffer_clear(&cell.shown);
}

/// Sets `cell.shown` to what the sheet shows, and returns its kind.
static enum cell_kind show_value(void) {
    const char *stored = buffer_cstring(&cell.value);
    if (!*stored && cell.formula.length) {
        // A formula that shows nothing has an empty text as its value.
        if (!strcmp(cell.type, "str")) return CELL_MARK;
        buffer_byte(&cell.shown, '=');
        buffer_append(&cell.shown, cell.formula.bytes, cell.formula.length);
        report_warning(WARNING_FORMULA_WITHOUT_VALUE, 0);
        return CELL_NUMBER;
    }
    if (!strcmp(cell.type, "n")) {
        return *stored ? append_number(&cell.shown, stored, cell.style.format) : CELL_MARK;
    }
    if (!strcmp(cell.type, "b")) {
        buffer_text(&cell.shown, *stored == '1' ? "TRUE" : "FALSE");
        return CELL_FLAG;
    }
    if (!strcmp(cell.type, "s")) {
        stored = *stored ? xlsx_string(strtoul(stored, NULL, 10)) : NULL;
        if (!stored) return CELL_MARK;
    }
    append_formatted_text(&cell.shown, stored, cell.style.format);
    if (!strcmp(cell.type, "e")) return CELL_FLAG;
    return !strcmp(cell.type, "d") ? CELL_DATE : CELL_TEXT;
}

static void append_remark(struct buffer *text, const struct remark *remark) {
    if (remark->is_link && text->length && strstr(buffer_cstring(text), remark->text)) return;
    if (text->length) buffer_byte(text, ' ');
    buffer_byte(text, remark->is_link ? '(' : '[');
    buffer_text(text, remark->text);
    buffer_byte(text, remark->is_link ? ')' : ']');
}

/// Writes the remarks on empty cells before a place; those on the place itself join `text`.
static void write_remarks(struct place place, struct buffer *text) {
    const struct remark *remark;
    while ((remark = xlsx_next_remark(place))) {
        if (remark->place.row == place.row && remark->place.column == place.column) {
            append_remark(text, remark);
            continue;
        }
        if (row_is_hidden) continue;
        struct buffer alone = {0};
        append_remark(&alone, remark);
        sheet_cell(remark->place.row, remark->place.column, &alone, CELL_MARK, false);
        buffer_free(&alone);
    }
}

static void end_cell(void) {
    enum cell_kind kind = show_value();
    write_remarks(cell.place, &cell.shown);
    if (row_is_hidden || !cell.shown.length) return;
    sheet_cell(cell.place.row, cell.place.column, &cell.shown, kind, cell.style.is_bold);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (cell.in_value && !cell.phonetic_depth) buffer_text(&cell.value, name);
        if (cell.in_formula) buffer_text(&cell.formula, name);
    } else if (!strcmp(name, "v") || !strcmp(name, "t")) {
        cell.in_value = event == XML_START;
    } else if (!strcmp(name, "f")) {
        cell.in_formula = event == XML_START;
    } else if (!strcmp(name, "rPh")) {
        cell.phonetic_depth += event == XML_START ? 1 : -1;
    } else if (!strcmp(name, "c")) {
        if (event == XML_START) begin_cell(reader);
        else end_cell();
    } else if (!strcmp(name, "row")) {
        if (event == XML_START) {
            begin_row(reader);
        } else {
            write_remarks((struct place){cell.place.row, LONG_MAX}, &cell.shown);
        }
    }
}

void xlsx_write_rows(const char *part) {
    cell.place = (struct place){-1, -1};
    row_is_hidden = false;
    archive_walk(part, visit);
    write_remarks((struct place){LONG_MAX, LONG_MAX}, &cell.shown);
}
