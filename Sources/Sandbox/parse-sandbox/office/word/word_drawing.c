// Drawings of a DOCX: pictures, text boxes, charts, diagrams and embedded files.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "drawing.h"
#include "report.h"
#include "word.h"
#include "writer.h"

enum { parts_max = 1000 };

/// Parts that follow the present block, or the document.
struct parts { char **names; size_t count; };

static struct parts charts, diagrams, objects;

static void add_part(struct parts *parts, const char *name) {
    if (!name || parts->count == parts_max) return;
    for (size_t i = 0; i < parts->count; i++) {
        if (!strcmp(parts->names[i], name)) return;
    }
    parts->names = checked_realloc(parts->names, parts->count + 1, sizeof *parts->names);
    parts->names[parts->count++] = checked_copy(name);
}

static void clear_parts(struct parts *parts) {
    for (size_t i = 0; i < parts->count; i++) free(parts->names[i]);
    parts->count = 0;
}

static const char *part_of(const xmlNode *node, const char *attribute) {
    const char *id = node_relation(node, attribute);
    return id && word_relations ? relation_by_id(word_relations, id) : NULL;
}

/// A text box becomes part of a paragraph in a cell or note. Otherwise it follows the paragraph.
static void add_box(struct word_runs *runs, xmlNodePtr box) {
    if (runs->is_inline) {
        struct buffer text = {0};
        buffer_byte(&text, '\n');
        word_blocks(box, &text);
        paragraph_run(runs->paragraph, buffer_cstring(&text), 0);
        buffer_free(&text);
        return;
    }
    runs->boxes = checked_realloc(runs->boxes, runs->box_count + 1, sizeof *runs->boxes);
    runs->boxes[runs->box_count++] = box;
}

/// The text that describes a shape, in the newer and the older form.
static const char *alternative_of(const xmlNode *node, const char *name) {
    bool is_described = !strcmp(name, "docPr") || !strcmp(name, "cNvPr");
    if (is_described) return node_attribute(node, "descr");
    if (!strcmp(name, "textpath")) return node_attribute(node, "string");
    return node_attribute(node, "alt");
}

void word_drawing(struct word_runs *runs, const xmlNode *drawing) {
    const char *described = NULL;
    bool skips_content = false;
    for (xmlNodePtr at = node_next(drawing, drawing, false); at;
         at = node_next(at, drawing, skips_content)) {
        const char *name = node_name(at);
        skips_content = word_is_skipped(name) || !strcmp(name, "txbxContent");
        if (word_is_skipped(name)) continue;
        if (!strcmp(name, "txbxContent")) add_box(runs, at);
        else if (!strcmp(name, "chart")) add_part(&charts, part_of(at, "id"));
        else if (!strcmp(name, "relIds")) add_part(&diagrams, part_of(at, "dm"));
        else {
            const char *text = alternative_of(at, name);
            // The picture usually repeats what its frame says.
            bool is_new = text && (!described || strcmp(text, described));
            if (is_new) paragraph_alternative(runs->paragraph, text);
            if (text && *text) described = text;
        }
    }
}

void word_object(const xmlNode *object) {
    const xmlNode *embedded = node_descendant(object, "OLEObject");
    if (embedded) add_part(&objects, part_of(embedded, "id"));
}

void word_graphics_flush(void) {
    if (!charts.count && !diagrams.count) return;
    blocks_flush();
    for (size_t i = 0; i < charts.count; i++) write_chart(charts.names[i]);
    for (size_t i = 0; i < diagrams.count; i++) write_diagram(diagrams.names[i]);
    clear_parts(&charts);
    clear_parts(&diagrams);
}

void word_objects_end(void) {
    for (size_t i = 0; i < objects.count; i++) write_embedded(objects.names[i]);
}
