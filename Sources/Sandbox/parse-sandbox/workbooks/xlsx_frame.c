// What a sheet declares around its rows. Most of it is after the rows in the part, but has to be
// known before them: merged cells, filters, tables, links.
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "xlsx_parts.h"

enum { columns_max = 16384, rows_max = 1 << 20, filters_max = 1000 };

static struct cell_range filters[filters_max], filter;
static size_t filter_count;
static const struct relations *sheet_parts;

/// The table part that is being read.
static struct {
    struct cell_range range;
    long header_rows;
    char name[256];
} table;

struct place xlsx_place(const char *reference) {
    struct place place = {-1, 0};
    while (reference && *reference == '$') reference++;
    for (; reference && ((*reference | 0x20) >= 'a' && (*reference | 0x20) <= 'z'); reference++) {
        place.column = place.column * 26 + ((*reference | 0x20) - 'a' + 1);
        if (place.column > columns_max) place.column = columns_max;
    }
    place.column--;
    while (reference && *reference == '$') reference++;
    unsigned long row = reference ? strtoul(reference, NULL, 10) : 0;
    if (row > 0 && row <= rows_max) place.row = (long)row - 1;
    return place;
}

struct cell_range xlsx_range(const char *reference) {
    struct place first = xlsx_place(reference), last = first;
    const char *colon = reference ? strchr(reference, ':') : NULL;
    if (colon) last = xlsx_place(colon + 1);
    return (struct cell_range){
        first.row < 0 ? 0 : first.row, last.row < 0 ? rows_max - 1 : last.row,
        first.column < 0 ? 0 : first.column, last.column < 0 ? columns_max - 1 : last.column};
}

static void add_filter(struct cell_range range) {
    if (filter_count < filters_max) filters[filter_count++] = range;
}

static void visit_table(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "table")) {
        const char *title = xml_attribute(reader, "displayName");
        strncpy(table.name, title ? title : "", sizeof table.name - 1);
        table.range = xlsx_range(xml_attribute(reader, "ref"));
        table.header_rows = xml_number(reader, "headerRowCount", 1);
    } else if (!strcmp(name, "filterColumn")) {
        add_filter(table.range);
    }
}

/// A name such as Table1 or Tabelle3, which a spreadsheet gives by itself.
static bool is_given_name(const char *name) {
    static const char *const words[] = {
        "Table", "Tabelle", "Tableau", "Tabla", "Tabela", "Tabella"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(name, words[i], length)) continue;
        if (!name[length + strspn(name + length, "0123456789_")]) return true;
    }
    return false;
}

static void visit_pivot(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "location")) return;
    long rows = xml_number(reader, "firstDataRow", 1);
    struct cell_range range = xlsx_range(xml_attribute(reader, "ref"));
    long labels = xml_number(reader, "firstDataCol", 1);
    if (rows >= 0 && rows <= 8) sheet_pivot(range, rows, labels);
}

static void read_tables(const struct relations *parts) {
    for (size_t i = 0; i < parts->count; i++) {
        if (!strcmp(parts->items[i].type, "pivotTable")) {
            archive_walk(parts->items[i].target, visit_pivot);
        }
        if (strcmp(parts->items[i].type, "table")) continue;
        memset(&table, 0, sizeof table);
        table.range.last_row = -1;
        if (!archive_walk(parts->items[i].target, visit_table)) continue;
        bool is_valid = table.range.last_row >= table.range.first_row &&
            table.header_rows >= 0 && table.header_rows <= 1;
        const char *caption = is_given_name(table.name) ? "" : table.name;
        if (is_valid) sheet_table(table.range, table.header_rows, caption);
    }
}

static void hide_columns(xmlTextReaderPtr reader) {
    const char *hidden = xml_attribute(reader, "hidden");
    bool is_hidden = hidden && (!strcmp(hidden, "1") || !strcmp(hidden, "true"));
    if (!is_hidden || xml_number(reader, "outlineLevel", 0) > 0) return;
    long first = xml_number(reader, "min", 1), last = xml_number(reader, "max", 0);
    if (first >= 1 && last >= first) sheet_hide_columns(first - 1, last - first + 1);
}

static void read_link(xmlTextReaderPtr reader) {
    const char *target = relation_link(sheet_parts, xml_attribute(reader, "id"));
    struct cell_range range = xlsx_range(xml_attribute(reader, "ref"));
    bool is_address = target && (strstr(target, "://") || !strncmp(target, "mailto:", 7));
    if (!is_address) return;
    struct place place = {range.first_row, range.first_column};
    xlsx_add_remark(place, target, true);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "col")) {
        hide_columns(reader);
    } else if (!strcmp(name, "pane")) {
        const char *state = xml_attribute(reader, "state");
        bool is_frozen = state && !strncmp(state, "frozen", 6);
        if (is_frozen) sheet_frozen_rows(xml_number(reader, "ySplit", 0));
    } else if (!strcmp(name, "mergeCell")) {
        sheet_merge(xlsx_range(xml_attribute(reader, "ref")));
    } else if (!strcmp(name, "autoFilter")) {
        filter = xlsx_range(xml_attribute(reader, "ref"));
        if (filter.last_row > filter.first_row) sheet_table(filter, 1, "");
    } else if (!strcmp(name, "filterColumn")) {
        add_filter(filter);
    } else if (!strcmp(name, "hyperlink")) {
        read_link(reader);
    }
}

void xlsx_read_frame(const char *part, const struct relations *parts) {
    filter_count = 0;
    sheet_parts = parts;
    archive_walk_around(part, "sheetData", visit);
    read_tables(parts);
}

bool xlsx_filters_row(long row) {
    for (size_t i = 0; i < filter_count; i++) {
        if (row >= filters[i].first_row && row <= filters[i].last_row) return true;
    }
    return false;
}
