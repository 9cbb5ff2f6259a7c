// XLSX: a heading and a table per sheet, with a form feed between sheets. Cached values are read;
// formulas are not computed.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "failure.h"
#include "formats.h"
#include "number_formats.h"
#include "writer.h"

enum { columns_max = 16384, sheets_max = 1000 };

struct sheet { char *name, *relation; };

static struct sheet sheets[sheets_max];
static size_t sheet_count;

/// Shared strings: one buffer, and the offset of each string in it.
static struct buffer strings;
static size_t *string_starts, string_count, string_capacity;
static int phonetic_depth;
static bool in_text;

static struct {
    struct buffer value;
    char type[16];
    long style, column, next_column;
    bool in_value;
} cell;

static void visit_workbook(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "workbookPr")) {
        const char *base = xml_attribute(reader, "date1904");
        if (base && (!strcmp(base, "1") || !strcmp(base, "true"))) number_formats_use_1904();
    } else if (!strcmp(name, "sheet") && sheet_count < sheets_max) {
        const char *title = xml_attribute(reader, "name"), *id = xml_attribute(reader, "id");
        sheets[sheet_count++] = (struct sheet){
            .name = checked_copy(title ? title : ""), .relation = checked_copy(id ? id : "")};
    }
}

static void visit_strings(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)reader;
    if (event == XML_TEXT) {
        if (in_text && !phonetic_depth) buffer_text(&strings, name);
    } else if (!strcmp(name, "t")) {
        in_text = event == XML_START;
    } else if (!strcmp(name, "rPh")) {
        phonetic_depth += event == XML_START ? 1 : -1;
    } else if (!strcmp(name, "si") && event == XML_START) {
        if (string_count == string_capacity) {
            string_capacity = string_capacity * 2 + 1024;
            string_starts =
                checked_realloc(string_starts, string_capacity, sizeof *string_starts);
        }
        string_starts[string_count++] = strings.length;
    } else if (!strcmp(name, "si")) {
        buffer_byte(&strings, 0);
    }
}

/// The column of a reference such as "AB12", from 0; -1 if it has none.
static long column_of(const char *reference) {
    long column = 0;
    for (; reference && ((*reference | 0x20) >= 'a' && (*reference | 0x20) <= 'z'); reference++) {
        column = column * 26 + ((*reference | 0x20) - 'a' + 1);
        if (column > columns_max) return columns_max - 1;
    }
    return column - 1;
}

static void begin_cell(xmlTextReaderPtr reader) {
    const char *type = xml_attribute(reader, "t");
    strncpy(cell.type, type ? type : "n", sizeof cell.type - 1);
    cell.style = xml_number(reader, "s", 0);
    cell.column = column_of(xml_attribute(reader, "r"));
    buffer_clear(&cell.value);
}

static void end_cell(void) {
    struct buffer shown = {0};
    const char *stored = buffer_cstring(&cell.value);
    if (!strcmp(cell.type, "s")) {
        unsigned long index = strtoul(stored, NULL, 10);
        if (*stored && index < string_count) {
            buffer_text(&shown, strings.bytes + string_starts[index]);
        }
    } else if (!strcmp(cell.type, "b")) {
        buffer_text(&shown, *stored == '1' ? "TRUE" : "FALSE");
    } else if (!strcmp(cell.type, "n")) {
        if (*stored) append_number(&shown, stored, cell.style);
    } else {
        buffer_text(&shown, stored);
    }
    struct buffer empty = {0};
    if (cell.column < 0 || cell.column < cell.next_column) cell.column = cell.next_column;
    for (; shown.length && cell.next_column < cell.column; cell.next_column++) {
        table_cell(&empty);
    }
    if (shown.length && cell.next_column < columns_max) {
        table_cell(&shown);
        cell.next_column++;
    }
    buffer_free(&shown);
}

static void visit_sheet(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (cell.in_value) buffer_text(&cell.value, name);
    } else if (!strcmp(name, "v") || !strcmp(name, "t")) {
        cell.in_value = event == XML_START;
    } else if (!strcmp(name, "c")) {
        if (event == XML_START) begin_cell(reader);
        else end_cell();
    } else if (!strcmp(name, "row")) {
        cell.next_column = 0;
        if (event == XML_END) table_row_end();
    }
}

void parse_xlsx(struct buffer *document, struct pages *pages) {
    archive_open(document);
    struct relations package = relations_of("");
    const char *body = relation_by_type(&package, "officeDocument");
    if (!body) body = "xl/workbook.xml";
    if (!archive_walk(body, visit_workbook))
        fail(FAILURE_MALFORMED, "the document has no workbook");
    struct relations parts = relations_of(body);
    const char *part = relation_by_type(&parts, "sharedStrings");
    if (part) archive_walk(part, visit_strings);
    part = relation_by_type(&parts, "styles");
    if (part) number_formats_read(part);
    pages->in_source = (long)sheet_count;
    for (size_t i = 0; i < sheet_count; i++) {
        part = relation_by_id(&parts, sheets[i].relation);
        if (i) write_page_break();
        if (!part || !archive_has(part)) continue;
        struct buffer title = {0};
        buffer_text(&title, sheets[i].name);
        write_heading(2, &title);
        buffer_free(&title);
        table_begin();
        archive_walk(part, visit_sheet);
        table_end();
        pages->read++;
    }
    relations_free(&parts);
    relations_free(&package);
}
