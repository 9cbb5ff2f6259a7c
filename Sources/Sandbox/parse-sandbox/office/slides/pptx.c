// PPTX: slides in presentation order with form feeds between them. Comments and notes follow each
// slide. Hidden slides are left out.
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "formats.h"
#include "report.h"
#include "slides.h"
#include "writer.h"

enum { slides_max = 20000 };

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
        if ((slide_count & (slide_count - 1)) == 0) {
            slide_ids = checked_realloc(slide_ids, slide_count * 2 + 1, sizeof *slide_ids);
        }
        slide_ids[slide_count++] = checked_copy((const char *)xmlTextReaderConstValue(reader));
        break;
    }
    xmlTextReaderMoveToElement(reader);
}

/// The slide that is being read: its layout, and whether it is hidden.
static const char *layout;
static bool is_hidden;

static void visit_slide(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)name;
    if (event != XML_START) return;
    const xmlNode *slide = archive_take(reader), *tree = node_descendant(slide, "spTree");
    const char *show = node_attribute(slide, "show");
    is_hidden = show && (!strcmp(show, "0") || !strcmp(show, "false"));
    // Some writers leave out the elements around the shapes.
    if (!is_hidden) slide_shapes(tree ? tree : slide, layout);
}

static void visit_notes(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)name;
    if (event == XML_START) slide_notes(archive_take(reader));
}

/// Returns whether the slide was read, rather than left out because it is hidden.
static bool read_slide(const char *part, long page) {
    struct relations relations = relations_of(part);
    slide_relations = &relations;
    layout = relation_by_type(&relations, "slideLayout");
    archive_walk(part, visit_slide);
    if (is_hidden) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, page);
    } else {
        slide_comments(&relations);
        const char *notes = relation_by_type(&relations, "notesSlide");
        if (notes) archive_walk(notes, visit_notes);
    }
    slide_relations = NULL;
    relations_free(&relations);
    return !is_hidden;
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
    slide_authors_read(&parts);
    pages->in_source = (long)slide_count;
    for (size_t i = 0; i < slide_count; i++) {
        const char *slide = relation_by_id(&parts, slide_ids[i]);
        if (i) write_page_break();
        if (!slide || !archive_has(slide)) {
            report_warning(WARNING_PAGE_UNREADABLE, (long)i + 1);
            continue;
        }
        pages->read += read_slide(slide, (long)i + 1);
    }
    slide_objects_end();
    relations_free(&parts);
    relations_free(&package);
}
