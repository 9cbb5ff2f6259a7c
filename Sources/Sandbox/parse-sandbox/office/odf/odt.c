// ODT: headings, lists, tables and paragraphs of content.xml. Notes are written in brackets at
// their reference. Tracked changes, comments, forms and page headers are left out.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "failure.h"
#include "formats.h"
#include "writer.h"

enum { repeats_max = 1024 };

static struct {
    struct buffer paragraph, cell;
    int paragraph_depth, table_depth, list_depth, skip_depth;
    long heading, span;
} at;

static bool is_encrypted;

static void visit_manifest(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)reader;
    if (event == XML_START && !strcmp(name, "encryption-data")) is_encrypted = true;
}

static bool is_skipped(const char *name) {
    return !strcmp(name, "tracked-changes") || !strcmp(name, "annotation") ||
        !strcmp(name, "note-citation") || !strcmp(name, "forms");
}

static struct buffer *sink(void) { return at.table_depth ? &at.cell : &at.paragraph; }

static void end_paragraph(void) {
    if (--at.paragraph_depth > 0 || at.table_depth) {
        buffer_byte(sink(), '\n');
        return;
    }
    if (at.heading) write_heading((int)at.heading, &at.paragraph);
    else if (at.list_depth) write_item(at.list_depth, 0, &at.paragraph);
    else write_paragraph(&at.paragraph);
    buffer_clear(&at.paragraph);
}

static void begin_paragraph(xmlTextReaderPtr reader, bool heading) {
    if (at.paragraph_depth++) return;
    long level = heading ? xml_number(reader, "outline-level", 1) : 0;
    at.heading = level < 0 ? 0 : level > 6 ? 6 : level;
}

static void end_cell(void) {
    if (at.table_depth > 1) {
        buffer_byte(&at.cell, ' ');
        return;
    }
    // A cell repeated more often than `repeats_max` only fills the row to the edge of the sheet.
    long count = at.span > repeats_max ? 1 : at.span;
    for (long i = 0; i < count; i++) table_cell(&at.cell);
    buffer_clear(&at.cell);
}

static void append_spaces(xmlTextReaderPtr reader) {
    long count = xml_number(reader, "c", 1);
    for (long i = 0; i < count && i < repeats_max; i++) buffer_byte(sink(), ' ');
}

/// A cell, or a place that a merged cell covers.
static bool is_cell(const char *name) {
    return !strcmp(name, "table-cell") || !strcmp(name, "covered-table-cell");
}

static void start(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "p")) begin_paragraph(reader, false);
    else if (!strcmp(name, "h")) begin_paragraph(reader, true);
    else if (!strcmp(name, "list")) at.list_depth++;
    else if (!strcmp(name, "table") && at.table_depth++ == 0) table_begin();
    else if (is_cell(name) && at.table_depth == 1) {
        at.span = xml_number(reader, "number-columns-repeated", 1);
    } else if (!strcmp(name, "note-body")) buffer_text(sink(), " [");
    else if (!at.paragraph_depth) return;
    else if (!strcmp(name, "s")) append_spaces(reader);
    else if (!strcmp(name, "tab")) buffer_byte(sink(), '\t');
    else if (!strcmp(name, "line-break")) buffer_byte(sink(), '\n');
}

static void end(const char *name) {
    if ((!strcmp(name, "p") || !strcmp(name, "h")) && at.paragraph_depth) end_paragraph();
    else if (!strcmp(name, "list") && at.list_depth) at.list_depth--;
    else if (is_cell(name) && at.table_depth) end_cell();
    else if (!strcmp(name, "table-row") && at.table_depth == 1) table_row_end();
    else if (!strcmp(name, "table") && at.table_depth && --at.table_depth == 0) table_end();
    else if (!strcmp(name, "note-body")) {
        struct buffer *text = sink();
        if (text->length && text->bytes[text->length - 1] == '\n') text->length--;
        buffer_text(text, "]");
    }
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (at.paragraph_depth && !at.skip_depth) buffer_text(sink(), name);
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

void parse_odt(struct buffer *document, struct pages *pages) {
    archive_open(document);
    pages->in_source = -1;
    archive_walk("META-INF/manifest.xml", visit_manifest);
    if (is_encrypted) fail(FAILURE_ENCRYPTED, "the document is encrypted");
    if (!archive_walk("content.xml", visit)) {
        fail(FAILURE_MALFORMED, "the document has no content");
    }
}
