// ODS: a heading and the tables of each sheet, with a form feed between sheets. A cell's text is
// what the sheet shows.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "failure.h"
#include "formats.h"
#include "odf.h"
#include "ods_frame.h"
#include "ods_text.h"
#include "report.h"
#include "sheet.h"
#include "writer.h"

enum {
    rows_max = 1 << 20,
    /// A value repeated in more columns only fills the row to the edge of the sheet.
    repeats_max = 1024,
    objects_max = 256,
};

/// A cell of the row that is being read.
struct row_cell {
    char *text;
    enum cell_kind kind;
    bool is_bold;
    long column, columns, rows;
};

static struct {
    long row, column, row_repeats, cell_repeats, columns_spanned, rows_spanned, columns;
    int table_depth, group_depth;
    bool is_hidden, row_is_hidden, cell_is_covered, cell_is_bold;
    char type[16], value[64], *name;
    /// The row's cells, since the row can be repeated.
    struct row_cell *cells;
    size_t cell_count, cell_capacity;
    /// The parts of the sheet's objects.
    char *objects[objects_max];
    size_t object_count;
} at;

static struct pages *read_pages;

static bool is_encrypted;

static void visit_manifest(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)reader;
    if (event == XML_START && !strcmp(name, "encryption-data")) is_encrypted = true;
}

static long repeats(xmlTextReaderPtr reader, const char *name, long most) {
    long count = xml_number(reader, name, 1);
    return count < 1 ? 1 : count > most ? most : count;
}

static void begin_sheet(xmlTextReaderPtr reader) {
    const char *title = xml_attribute(reader, "name");
    at.is_hidden = ods_is_hidden_sheet(xml_attribute(reader, "style-name"));
    if (at.is_hidden) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
        return;
    }
    if (read_pages->read++) write_page_break();
    struct buffer heading = {0};
    buffer_text(&heading, title ? title : "");
    write_heading(2, &heading);
    at.row = at.columns = 0;
    buffer_clear(&ods_text.shapes);
    sheet_begin(true);
    free(at.name);
    at.name = checked_copy(title ? title : "");
    buffer_free(&heading);
}

/// Remembers an object such as a chart, which is written below the sheet.
static void add_object(xmlTextReaderPtr reader) {
    const char *address = xml_attribute(reader, "href");
    if (!address || at.object_count == objects_max || at.is_hidden) return;
    struct buffer part = {0};
    buffer_text(&part, address + (strncmp(address, "./", 2) ? 0 : 2));
    buffer_text(&part, "/content.xml");
    at.objects[at.object_count++] = checked_copy(buffer_cstring(&part));
    buffer_free(&part);
}

static void end_sheet(void) {
    if (at.is_hidden) return;
    sheet_end();
    write_paragraph(&ods_text.shapes);
    for (size_t i = 0; i < at.object_count; i++) {
        if (!odf_object_write(at.objects[i])) report_warning(WARNING_PART_UNSUPPORTED, 0);
        free(at.objects[i]);
    }
    at.object_count = 0;
}

/// A row that a filter or a closed group hides can be shown by a click, so it is read.
static void begin_row(xmlTextReaderPtr reader) {
    const char *visibility = xml_attribute(reader, "visibility");
    at.row_is_hidden = visibility && !strcmp(visibility, "collapse") && !at.group_depth;
    at.row_repeats = repeats(reader, "number-rows-repeated", rows_max);
    at.column = 0;
    // The columns that are hidden are known now.
    if (at.row == 0 && !at.is_hidden) ods_declare_tables(at.name);
}

static void end_row(void) {
    bool has_text = at.cell_count && !at.is_hidden;
    if (has_text && at.row_is_hidden) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
        for (long i = 0; i < at.row_repeats; i++) sheet_hide_row(at.row + i);
    }
    for (long i = 0; has_text && !at.row_is_hidden && i < at.row_repeats; i++) {
        for (size_t j = 0; j < at.cell_count; j++) {
            struct row_cell *cell = &at.cells[j];
            struct buffer text = {0};
            buffer_text(&text, cell->text);
            sheet_cell(at.row + i, cell->column, &text, cell->kind, cell->is_bold);
            buffer_free(&text);
            sheet_merge((struct cell_range){at.row + i, at.row + i + cell->rows - 1, cell->column,
                                            cell->column + cell->columns - 1});
        }
    }
    for (size_t i = 0; i < at.cell_count; i++) free(at.cells[i].text);
    at.cell_count = 0;
    at.row += at.row_repeats;
    if (at.row > rows_max) at.row = rows_max;
}

static void begin_cell(xmlTextReaderPtr reader, bool is_covered) {
    static const struct { const char *name; char *target; size_t size; } kept[] = {
        {"value-type", at.type, sizeof at.type}, {"value", at.value, sizeof at.value}};
    at.cell_is_covered = is_covered;
    at.cell_repeats = repeats(reader, "number-columns-repeated", sheet_columns_max);
    at.columns_spanned = repeats(reader, "number-columns-spanned", sheet_columns_max);
    at.rows_spanned = repeats(reader, "number-rows-spanned", rows_max);
    const char *style = xml_attribute(reader, "style-name");
    at.cell_is_bold = ods_is_bold(style);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = xml_attribute(reader, kept[i].name);
        strncpy(kept[i].target, value ? value : "", kept[i].size - 1);
    }
    buffer_clear(&ods_text.cell);
    buffer_clear(&ods_text.comment);
    buffer_clear(&ods_text.address);
}

static void end_cell(void) {
    long column = at.column;
    at.column += at.cell_repeats;
    enum cell_kind kind = ods_text_end_cell(at.type, at.value);
    if (!ods_text.cell.length || at.cell_is_covered || at.is_hidden) return;
    long count = at.cell_repeats > repeats_max ? 1 : at.cell_repeats;
    for (long i = 0; i < count && column + i < sheet_columns_max; i++) {
        if (at.cell_count == at.cell_capacity) {
            at.cell_capacity = at.cell_capacity * 2 + 64;
            at.cells = checked_realloc(at.cells, at.cell_capacity, sizeof *at.cells);
        }
        at.cells[at.cell_count++] = (struct row_cell){
            checked_copy(buffer_cstring(&ods_text.cell)), kind, at.cell_is_bold, column + i,
            at.columns_spanned, at.rows_spanned};
    }
}

static void begin_column(xmlTextReaderPtr reader) {
    const char *visibility = xml_attribute(reader, "visibility");
    long count = repeats(reader, "number-columns-repeated", sheet_columns_max);
    bool is_hidden = visibility && !strcmp(visibility, "collapse") && !at.group_depth;
    if (is_hidden && !at.is_hidden) sheet_hide_columns(at.columns, count);
    at.columns += count;
}

static bool is_group(const char *name) {
    return !strcmp(name, "table-row-group") || !strcmp(name, "table-column-group");
}

static void start(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "table")) {
        if (at.table_depth++ == 0) begin_sheet(reader);
    } else if (!strcmp(name, "table-column")) begin_column(reader);
    else if (!strcmp(name, "table-row")) begin_row(reader);
    else if (!strcmp(name, "table-cell")) begin_cell(reader, false);
    else if (!strcmp(name, "covered-table-cell")) begin_cell(reader, true);
    else if (!strcmp(name, "object")) add_object(reader);
    else if (is_group(name)) at.group_depth++;
}

static void end(const char *name) {
    if (!strcmp(name, "table")) {
        if (--at.table_depth == 0) end_sheet();
    } else if (!strcmp(name, "table-row")) end_row();
    else if (!strcmp(name, "table-cell") || !strcmp(name, "covered-table-cell")) end_cell();
    else if (is_group(name)) at.group_depth--;
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (ods_text_visit(reader, event, name)) return;
    if (event == XML_START) start(reader, name);
    else if (event == XML_END) end(name);
}

void parse_ods(struct buffer *document, struct pages *pages) {
    archive_open(document);
    read_pages = pages;
    archive_walk("META-INF/manifest.xml", visit_manifest);
    if (is_encrypted) fail(FAILURE_ENCRYPTED, "the document is encrypted");
    ods_read_frame();
    if (!archive_walk("content.xml", visit)) {
        fail(FAILURE_MALFORMED, "the document has no content");
    }
    pages->in_source = pages->read;
}
