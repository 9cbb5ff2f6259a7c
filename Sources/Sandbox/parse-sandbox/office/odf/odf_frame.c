// Frames and shapes of OpenDocument: text boxes, pictures, equations, charts and other objects.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "drawing.h"
#include "odf.h"
#include "report.h"
#include "writer.h"

enum { objects_max = 1000 };

/// Objects that follow the present block.
static char *objects[objects_max];
static size_t object_count;

bool odf_is_shape(const char *name) {
    static const char *const names[] = {
        "frame", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "path",
        "connector", "caption", "measure", "g", "regular-polygon", "control"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(name, names[i])) return true;
    }
    return false;
}

/// A text box becomes part of a paragraph in a cell or note. Otherwise it follows the paragraph.
static void add_box(struct odf_line *line, xmlNodePtr box) {
    if (line->is_inline) {
        struct buffer text = {0};
        buffer_byte(&text, '\n');
        odf_blocks(box, &text);
        paragraph_run(line->paragraph, buffer_cstring(&text), 0);
        buffer_free(&text);
        return;
    }
    line->boxes = checked_realloc(line->boxes, line->box_count + 1, sizeof *line->boxes);
    line->boxes[line->box_count++] = box;
}

static struct odf_line *math_line;
static bool is_math;

/// Reads an object as far as it is an equation.
static void visit_math(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "math")) return;
    struct buffer text = {0};
    append_mathml(&text, archive_take(reader));
    paragraph_run(math_line->paragraph, buffer_cstring(&text), 0);
    buffer_free(&text);
    is_math = true;
}

static void add_object(struct odf_line *line, const xmlNode *object) {
    const char *reference = node_attribute(object, "href");
    const xmlNode *math = node_child(object, "math");
    if (math) {
        struct buffer text = {0};
        append_mathml(&text, math);
        paragraph_run(line->paragraph, buffer_cstring(&text), 0);
        buffer_free(&text);
        return;
    }
    if (!reference || strlen(reference) > 200) return;
    struct buffer part = {0};
    buffer_text(&part, reference + (strncmp(reference, "./", 2) ? 0 : 2));
    buffer_text(&part, "/content.xml");
    is_math = false;
    math_line = line;
    bool is_known = archive_walk(buffer_cstring(&part), visit_math);
    if (!is_known) report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
    else if (!is_math && object_count < objects_max) {
        objects[object_count++] = checked_copy(buffer_cstring(&part));
    }
    buffer_free(&part);
}

/// The title and the description of a shape. In the table of a chart, a group that has nothing else
/// names the cells from which the values are.
static void append_alternatives(struct odf_line *line, const xmlNode *frame) {
    bool is_reference = node_is(frame, "g") && node_is(frame->last, "desc");
    if (is_reference) return;
    for_each_child(child, frame) {
        if (!node_is(child, "title") && !node_is(child, "desc")) continue;
        struct buffer text = {0};
        append_tree_text(&text, child);
        paragraph_alternative(line->paragraph, buffer_cstring(&text));
        buffer_free(&text);
    }
}

/// Whether a shape contains text itself, unlike a frame.
static bool has_text(const xmlNode *shape) {
    return node_child(shape, "p") || node_child(shape, "list") || node_child(shape, "h");
}

void odf_frame(struct odf_line *line, const xmlNode *frame) {
    if (node_is(frame, "control")) return;
    append_alternatives(line, frame);
    if (has_text(frame)) add_box(line, (xmlNodePtr)frame);
    for_each_child(child, frame) {
        const char *name = node_name(child);
        if (!strcmp(name, "text-box")) add_box(line, child);
        else if (!strcmp(name, "table")) add_box(line, (xmlNodePtr)frame);
        else if (!strcmp(name, "object")) add_object(line, child);
        else if (!strcmp(name, "object-ole")) report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
        else if (!strcmp(name, "annotation")) odf_comment(line->paragraph, child);
        else if (odf_is_shape(name)) odf_frame(line, child);
    }
}

/// Reads a chart, or the tables of a spreadsheet.
static void visit_object(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "title") || !strcmp(name, "subtitle")) {
        struct buffer title = {0};
        append_tree_text(&title, archive_take(reader));
        write_paragraph(&title);
        buffer_free(&title);
    } else if (!strcmp(name, "table")) {
        odf_table(archive_take(reader), NULL);
    } else if (!strcmp(name, "text") || !strcmp(name, "presentation")) {
        odf_blocks(archive_take(reader), NULL);
    } else if (!strcmp(name, "axis") || !strcmp(name, "automatic-styles")) {
        archive_take(reader);
    }
}

bool odf_object_write(const char *part) { return archive_walk(part, visit_object); }

void odf_objects_flush(void) {
    // An object may contain others.
    static bool is_writing;
    if (!object_count || is_writing) return;
    is_writing = true;
    blocks_flush();
    for (size_t i = 0; i < object_count; i++) {
        odf_object_write(objects[i]);
        free(objects[i]);
    }
    object_count = 0;
    is_writing = false;
}
