#include "sheet_drawing.h"

#include <string.h>

#include "archive.h"
#include "drawing.h"
#include "tree.h"
#include "writer.h"

static struct relations parts;

/// Writes the paragraphs of a text box.
static void write_shape(const xmlNode *body) {
    struct buffer text = {0};
    for_each_child(paragraph, body) {
        if (!node_is(paragraph, "p")) continue;
        append_tree_text(&text, paragraph);
        buffer_byte(&text, '\n');
    }
    write_paragraph(&text);
    buffer_free(&text);
}

static void write_alternative_text(const xmlNode *picture) {
    const xmlNode *properties = node_descendant(picture, "cNvPr");
    const char *description = properties ? node_attribute(properties, "descr") : NULL;
    if (!description) return;
    struct buffer text = {0};
    buffer_text(&text, description);
    write_paragraph(&text);
    buffer_free(&text);
}

static void write_frame(const xmlNode *frame) {
    const xmlNode *chart = node_descendant(frame, "chart");
    const xmlNode *diagram = node_descendant(frame, "relIds");
    const char *part =
        chart ? relation_by_id(&parts, node_relation(chart, "id")) : NULL;
    if (part && strstr(part, "charts/")) write_chart(part);
    part = diagram ? relation_by_id(&parts, node_relation(diagram, "dm")) : NULL;
    if (part) write_diagram(part);
}

static void write_object(const xmlNode *anchor) {
    for (xmlNodePtr at = node_next(anchor, anchor, false); at;) {
        bool is_object = true;
        if (node_is(at, "txBody")) write_shape(at);
        else if (node_is(at, "pic")) write_alternative_text(at);
        else if (node_is(at, "graphicFrame")) write_frame(at);
        else is_object = node_is(at, "Fallback");
        at = node_next(at, anchor, is_object);
    }
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    bool is_anchor = !strcmp(name, "twoCellAnchor") || !strcmp(name, "oneCellAnchor") ||
        !strcmp(name, "absoluteAnchor");
    if (is_anchor) write_object(archive_take(reader));
}

void sheet_drawing_write(const char *part) {
    parts = relations_of(part);
    archive_walk(part, visit);
    relations_free(&parts);
}
