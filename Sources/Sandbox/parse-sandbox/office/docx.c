// DOCX: the body and the notes. Deleted text, field codes and fallbacks are left out. So are
// headers and footers, because they repeat on every page.
#include <string.h>

#include "archive.h"
#include "docx_styles.h"
#include "failure.h"
#include "formats.h"
#include "writer.h"

enum { columns_max = 1024 };

static struct {
    /// Text of the paragraph, and of the table cell, being read.
    struct buffer paragraph, cell;
    int paragraph_depth, table_depth, skip_depth;
    bool in_text, in_properties, is_list;
    int heading, list_level;
    long cell_span;
} at;

/// Whether an element is skipped with its content, because it is not text of the document.
static bool is_skipped(const char *name) {
    return !strcmp(name, "Fallback") || !strcmp(name, "del") || !strcmp(name, "moveFrom") ||
        !strcmp(name, "rPrChange") || !strcmp(name, "pPrChange");
}

static struct buffer *sink(void) { return at.table_depth ? &at.cell : &at.paragraph; }

static void begin_paragraph(void) {
    if (at.paragraph_depth++) {
        buffer_byte(sink(), '\n');  // A text box inside a paragraph.
        return;
    }
    at.heading = at.list_level = 0;
    at.is_list = false;
}

static void end_paragraph(void) {
    if (--at.paragraph_depth > 0 || at.table_depth) {
        buffer_byte(sink(), '\n');
        return;
    }
    at.paragraph_depth = 0;
    if (at.heading > 0) write_heading(at.heading, &at.paragraph);
    else if (at.is_list) write_item(at.list_level + 1, 0, &at.paragraph);
    else write_paragraph(&at.paragraph);
    buffer_clear(&at.paragraph);
}

static void read_properties(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "pStyle")) {
        struct paragraph_style style = docx_style(xml_attribute(reader, "val"));
        if (at.heading == 0) at.heading = style.heading;
        at.is_list |= style.list;
    } else if (!strcmp(name, "outlineLvl")) {
        long level = xml_number(reader, "val", 9);
        if (level >= 0 && level <= 5) at.heading = (int)level + 1;
    } else if (!strcmp(name, "ilvl")) {
        long level = xml_number(reader, "val", 0);
        at.list_level = level < 0 ? 0 : level > 8 ? 8 : (int)level;
    } else if (!strcmp(name, "numId")) {
        at.is_list = xml_number(reader, "val", 0) != 0;
    }
}

static void end_cell(void) {
    if (at.table_depth > 1) {
        buffer_byte(&at.cell, ' ');
        return;
    }
    table_cell(&at.cell);
    buffer_clear(&at.cell);
    for (; at.cell_span > 1; at.cell_span--) table_cell(&at.cell);
}

static void start(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "p")) begin_paragraph();
    else if (!strcmp(name, "pPr")) at.in_properties = at.paragraph_depth == 1;
    else if (!strcmp(name, "t")) at.in_text = true;
    else if (!strcmp(name, "tab") && !at.in_properties) buffer_byte(sink(), '\t');
    else if (!strcmp(name, "br") || !strcmp(name, "cr")) buffer_byte(sink(), '\n');
    else if (!strcmp(name, "noBreakHyphen")) buffer_byte(sink(), '-');
    else if (!strcmp(name, "tbl") && at.table_depth++ == 0) table_begin();
    else if (!strcmp(name, "tc") && at.table_depth == 1) at.cell_span = 1;
    else if (!strcmp(name, "gridSpan") && at.table_depth == 1) {
        long span = xml_number(reader, "val", 1);
        at.cell_span = span > columns_max ? columns_max : span;
    } else if (at.in_properties && !at.table_depth) read_properties(reader, name);
}

static void end(const char *name) {
    if (!strcmp(name, "p") && at.paragraph_depth) end_paragraph();
    else if (!strcmp(name, "pPr")) at.in_properties = false;
    else if (!strcmp(name, "t")) at.in_text = false;
    else if (!strcmp(name, "tc") && at.table_depth) end_cell();
    else if (!strcmp(name, "tr") && at.table_depth == 1) table_row_end();
    else if (!strcmp(name, "tbl") && at.table_depth && --at.table_depth == 0) table_end();
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (at.in_text && !at.skip_depth) buffer_text(sink(), name);
    } else if (is_skipped(name)) {
        at.skip_depth += event == XML_START ? 1 : -1;
    } else if (at.skip_depth) {
        return;
    } else if (event == XML_START) {
        start(reader, name);
    } else {
        end(name);
    }
}

void parse_docx(struct buffer *document, struct pages *pages) {
    archive_open(document);
    pages->in_source = -1;
    struct relations package = relations_of("");
    const char *body = relation_by_type(&package, "officeDocument");
    if (!body) body = "word/document.xml";
    struct relations parts = relations_of(body);
    const char *styles = relation_by_type(&parts, "styles");
    docx_styles_read(styles ? styles : "word/styles.xml");
    if (!archive_walk(body, visit)) fail(FAILURE_MALFORMED, "the document has no body");
    const char *const notes[] = {"footnotes", "endnotes"};
    for (int i = 0; i < 2; i++) {
        const char *part = relation_by_type(&parts, notes[i]);
        if (part) archive_walk(part, visit);
    }
    relations_free(&parts);
    relations_free(&package);
}
