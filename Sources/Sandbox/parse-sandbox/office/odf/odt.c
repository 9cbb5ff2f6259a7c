// ODT: headers and footers once, then the text with its notes and comments in place. Tracked
// changes, hidden text and forms are left out.
#include <string.h>

#include "blocks.h"
#include "failure.h"
#include "formats.h"
#include "odf.h"

static int table_depth, header_depth;

static void begin(xmlTextReaderPtr reader, const char *name) {
    const xmlNode *node = xmlTextReaderCurrentNode(reader);
    if (odf_content_style(reader, name)) return;
    if (odf_is_skipped(node)) archive_take(reader);
    else if (!strcmp(name, "p") || !strcmp(name, "h")) odf_paragraph(archive_take(reader), NULL);
    else if (!strcmp(name, "list")) odf_list_begin(node);
    else if (!strcmp(name, "list-item") || !strcmp(name, "list-header")) odf_list_item(node);
    else if (!strcmp(name, "table")) {
        if (table_depth++ == 0) odf_table_begin();
    } else if (!strcmp(name, "table-header-rows")) header_depth++;
    else if (!strcmp(name, "table-row") && table_depth) {
        odf_table_row(archive_take(reader), header_depth > 0);
    } else if (odf_is_shape(name)) odf_shape(archive_take(reader), NULL);
}

/// Walks the content down to paragraphs and rows.
static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_START) begin(reader, name);
    if (event != XML_END) return;
    if (!strcmp(name, "list")) odf_list_end();
    else if (!strcmp(name, "table-header-rows") && header_depth) header_depth--;
    else if (!strcmp(name, "table") && table_depth && --table_depth == 0) odf_table_end();
}

void parse_odt(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    odf_open(document);
    if (!archive_walk("content.xml", visit)) {
        fail(FAILURE_MALFORMED, "the document has no content");
    }
    blocks_flush();
}
