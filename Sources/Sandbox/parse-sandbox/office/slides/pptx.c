// PPTX: slides in presentation order with form feeds between them, and notes below each slide.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "failure.h"
#include "formats.h"
#include "writer.h"

enum { slides_max = 20000 };

enum holder { HOLDER_NONE, HOLDER_TITLE, HOLDER_BODY, HOLDER_IGNORED };

static struct {
    struct buffer text;
    enum holder holder;
    bool in_text, in_cell, has_bullet, no_bullet, notes;
    int skip_depth;
    long level;
} at;

static char **slide_ids;
static size_t slide_count;

static void visit_presentation(xmlTextReaderPtr reader, enum xml_event event,
                               const char *name) {
    if (event != XML_START || strcmp(name, "sldId") || slide_count == slides_max) return;
    // Two attributes are called id. The relationship's has the namespace of relationships.
    for (int next = xmlTextReaderMoveToFirstAttribute(reader); next == 1;
         next = xmlTextReaderMoveToNextAttribute(reader)) {
        const char *space = (const char *)xmlTextReaderConstNamespaceUri(reader);
        const char *local = (const char *)xmlTextReaderConstLocalName(reader);
        bool relation = space && strstr(space, "elationships") && !strcmp(local, "id");
        if (!relation) continue;
        slide_ids = checked_realloc(slide_ids, slide_count + 1, sizeof *slide_ids);
        slide_ids[slide_count++] = checked_copy((const char *)xmlTextReaderConstValue(reader));
        break;
    }
    xmlTextReaderMoveToElement(reader);
}

static enum holder holder_of(const char *type) {
    if (!type) return HOLDER_BODY;
    if (!strcmp(type, "title") || !strcmp(type, "ctrTitle")) return HOLDER_TITLE;
    if (!strcmp(type, "body") || !strcmp(type, "obj")) return HOLDER_BODY;
    if (!strcmp(type, "subTitle")) return HOLDER_NONE;
    return HOLDER_IGNORED;  // Slide numbers, dates, footers, the image on a notes page.
}

static void end_paragraph(void) {
    if (at.in_cell) {
        buffer_byte(&at.text, '\n');
        return;
    }
    bool listed = at.has_bullet || (at.holder == HOLDER_BODY && !at.no_bullet && !at.notes);
    if (at.holder == HOLDER_IGNORED) buffer_clear(&at.text);
    else if (at.holder == HOLDER_TITLE && !at.notes) write_heading(2, &at.text);
    else if (listed) write_item((int)at.level + 1, 0, &at.text);
    else write_paragraph(&at.text);
    buffer_clear(&at.text);
}

static void start(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "sp") || !strcmp(name, "graphicFrame")) at.holder = HOLDER_NONE;
    else if (!strcmp(name, "ph")) at.holder = holder_of(xml_attribute(reader, "type"));
    else if (!strcmp(name, "p")) at.level = at.has_bullet = at.no_bullet = 0;
    else if (!strcmp(name, "pPr")) {
        long level = xml_number(reader, "lvl", 0);
        at.level = level < 0 ? 0 : level > 8 ? 8 : level;
    } else if (!strcmp(name, "buNone")) at.no_bullet = true;
    else if (!strcmp(name, "buChar") || !strcmp(name, "buAutoNum")) at.has_bullet = true;
    else if (!strcmp(name, "t")) at.in_text = true;
    else if (!strcmp(name, "br")) buffer_byte(&at.text, '\n');
    else if (!strcmp(name, "tbl")) table_begin();
    else if (!strcmp(name, "tc")) at.in_cell = true;
}

static void end(const char *name) {
    if (!strcmp(name, "p")) end_paragraph();
    else if (!strcmp(name, "t")) at.in_text = false;
    else if (!strcmp(name, "tc")) {
        // Cells that a merged cell covers follow as empty cells.
        table_cell(&at.text);
        buffer_clear(&at.text);
        at.in_cell = false;
    } else if (!strcmp(name, "tr")) table_row_end();
    else if (!strcmp(name, "tbl")) table_end();
}

static void visit_slide(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (at.in_text && !at.skip_depth) buffer_text(&at.text, name);
    } else if (!strcmp(name, "Fallback")) {
        at.skip_depth += event == XML_START ? 1 : -1;
    } else if (at.skip_depth) {
        return;
    } else if (event == XML_START) {
        start(reader, name);
    } else {
        end(name);
    }
}

static void read_slide(const char *part) {
    at.notes = false;
    archive_walk(part, visit_slide);
    struct relations relations = relations_of(part);
    const char *notes = relation_by_type(&relations, "notesSlide");
    at.notes = true;
    if (notes) archive_walk(notes, visit_slide);
    relations_free(&relations);
}

void parse_pptx(struct buffer *document, struct pages *pages) {
    archive_open(document);
    struct relations package = relations_of("");
    const char *body = relation_by_type(&package, "officeDocument");
    if (!body) body = "ppt/presentation.xml";
    if (!archive_walk(body, visit_presentation)) {
        fail(FAILURE_MALFORMED, "the presentation has no list of slides");
    }
    struct relations parts = relations_of(body);
    pages->in_source = (long)slide_count;
    for (size_t i = 0; i < slide_count; i++) {
        const char *slide = relation_by_id(&parts, slide_ids[i]);
        if (i) write_page_break();
        if (!slide || !archive_has(slide)) continue;
        read_slide(slide);
        pages->read++;
    }
    relations_free(&parts);
    relations_free(&package);
}
