// XLSX: a heading, the tables and the drawings of each sheet, with a form feed between sheets.
// Stored values are read; formulas are not computed.
#include <stdlib.h>
#include <string.h>

#include "sheet_drawing.h"
#include "failure.h"
#include "formats.h"
#include "report.h"
#include "writer.h"
#include "xlsx_parts.h"

enum { sheets_max = 1000 };

static struct { char *name, *relation; } sheets[sheets_max];
static size_t sheet_count;

static void visit_workbook(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "workbookPr")) {
        const char *base = xml_attribute(reader, "date1904");
        if (base && (!strcmp(base, "1") || !strcmp(base, "true"))) number_formats_use_1904();
    } else if (!strcmp(name, "sheet") && sheet_count < sheets_max) {
        const char *title = xml_attribute(reader, "name"), *id = xml_attribute(reader, "id");
        const char *state = xml_attribute(reader, "state");
        if (state && strcmp(state, "visible")) {
            report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
            return;
        }
        sheets[sheet_count].name = checked_copy(title ? title : "");
        sheets[sheet_count++].relation = checked_copy(id ? id : "");
    }
}

static void write_sheet(const char *part) {
    struct relations parts = relations_of(part);
    sheet_begin(true);
    xlsx_read_frame(part, &parts);
    xlsx_read_comments(&parts);
    xlsx_write_rows(part);
    sheet_end();
    xlsx_clear_remarks();
    const char *drawing = relation_by_type(&parts, "drawing");
    if (drawing) sheet_drawing_write(drawing);
    relations_free(&parts);
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
    if (part) xlsx_read_strings(part);
    part = relation_by_type(&parts, "styles");
    if (part) xlsx_read_styles(part);
    pages->in_source = (long)sheet_count;
    for (size_t i = 0; i < sheet_count; i++) {
        part = relation_by_id(&parts, sheets[i].relation);
        if (i) write_page_break();
        if (!part || !archive_has(part)) continue;
        struct buffer title = {0};
        buffer_text(&title, sheets[i].name);
        write_heading(2, &title);
        buffer_free(&title);
        write_sheet(part);
        pages->read++;
    }
    relations_free(&parts);
    relations_free(&package);
}
