// The shapes of a slide: title first, then boxes in reading order, each with what it contains.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "drawing.h"
#include "running_text.h"
#include "slides.h"
#include "writer.h"

enum { objects_max = 1000 };

static char *objects[objects_max];
static size_t object_count;

static bool is_title(const xmlNode *shape) {
    const char *type = placeholder_type(shape);
    return !strcmp(type, "title") || !strcmp(type, "ctrTitle");
}

/// Slide numbers, dates and the picture of the slide on a page of notes. Footers are written once.
static bool is_furniture(const xmlNode *shape) {
    static const char *const types[] = {"sldNum", "dt", "ftr", "hdr", "sldImg"};
    const char *type = placeholder_type(shape);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!strcmp(type, types[i])) return true;
    }
    return false;
}

static bool is_shape(const xmlNode *node) {
    static const char *const names[] = {"sp", "pic", "graphicFrame", "grpSp", "cxnSp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (node_is(node, names[i])) return true;
    }
    return false;
}

/// Collects the shapes below `parent`, also in alternatives for older programs.
static void collect(const xmlNode *parent, const char *layout, struct box **boxes, size_t *count) {
    for_each_child(node, parent) {
        const xmlNode *choice =
            node_is(node, "AlternateContent") ? node_child(node, "Choice") : NULL;
        if (choice) collect(choice, layout, boxes, count);
        if (!is_shape(node) || is_furniture(node)) continue;
        if ((*count & (*count - 1)) == 0) {
            *boxes = checked_realloc(*boxes, *count * 2 + 1, sizeof **boxes);
        }
        struct box *box = &(*boxes)[*count];
        // A shape without a place is read after the one that is drawn before it.
        *box = *count ? box[-1] : (struct box){0};
        slide_place(node, layout, box);
        box->shape = node;
        box->position = (*count)++;
    }
}

/// The text that describes a shape.
static void write_alternative(const xmlNode *shape) {
    struct paragraph paragraph = {0};
    const xmlNode *properties = NULL;
    for_each_child(child, shape) {
        if (!strncmp(node_name(child), "nv", 2)) properties = node_child(child, "cNvPr");
    }
    paragraph_alternative(&paragraph, node_attribute(properties, "descr"));
    block_write(&paragraph);
    paragraph_free(&paragraph);
}

static const char *part_of(const xmlNode *node, const char *attribute) {
    const char *id = node_relation(node, attribute);
    return id && slide_relations ? relation_by_id(slide_relations, id) : NULL;
}

static void add_object(const char *part) {
    if (!part || object_count == objects_max) return;
    objects[object_count++] = checked_copy(part);
}

void slide_objects_end(void) {
    for (size_t i = 0; i < object_count; i++) write_embedded(objects[i]);
}

/// A table, chart, diagram or embedded file.
static void write_graphic(const xmlNode *frame) {
    const xmlNode *data = node_descendant(frame, "graphicData");
    const xmlNode *table = node_child(data, "tbl"), *chart = node_child(data, "chart");
    const xmlNode *diagram = node_child(data, "relIds"), *object = node_descendant(data, "oleObj");
    const char *part = part_of(chart, "id");
    blocks_flush();
    if (table) slide_table(table);
    if (part) write_chart(part);
    part = part_of(diagram, "dm");
    if (part) write_diagram(part);
    if (object) add_object(part_of(object, "id"));
}

static void write_shapes(const xmlNode *parent, const char *layout);

static void write_shape(const xmlNode *shape, const char *layout) {
    const char *type = placeholder_type(shape);
    bool is_list = !strcmp(type, "body") || !strcmp(type, "obj");
    if (node_is(shape, "grpSp")) {
        write_alternative(shape);
        write_shapes(shape, layout);
    } else if (node_is(shape, "graphicFrame")) {
        write_alternative(shape);
        write_graphic(shape);
    } else {
        const xmlNode *body = node_child(shape, "txBody");
        slide_text(body, is_list ? SLIDE_LIST : SLIDE_TEXT, NULL);
        write_alternative(shape);
    }
    blocks_flush();
}

static void write_shapes(const xmlNode *parent, const char *layout) {
    struct box *boxes = NULL;
    size_t count = 0;
    collect(parent, layout, &boxes, &count);
    sort_in_reading_order(boxes, count);
    for (size_t i = 0; i < count; i++) {
        if (!is_title(boxes[i].shape)) write_shape(boxes[i].shape, layout);
    }
    free(boxes);
}

/// Whether shapes may be inside the element.
static bool is_container(const xmlNode *node) {
    return node_is(node, "grpSp") || node_is(node, "AlternateContent") || node_is(node, "Choice");
}

/// Writes all titles in the tree, each as one heading.
static void write_titles(const xmlNode *tree) {
    for (xmlNodePtr at = node_next(tree, tree, false); at;
         at = node_next(at, tree, !is_container(at))) {
        if (!node_is(at, "sp") || !is_title(at)) continue;
        struct buffer text = {0};
        slide_text(node_child(at, "txBody"), SLIDE_TEXT, &text);
        write_heading(2, &text);
        buffer_free(&text);
    }
}

static void write_footers(const xmlNode *tree) {
    for_each_child(shape, tree) {
        if (!is_shape(shape) || strcmp(placeholder_type(shape), "ftr")) continue;
        struct buffer text = {0};
        slide_text(node_child(shape, "txBody"), SLIDE_TEXT, &text);
        running_text_write(&text);
        buffer_free(&text);
    }
}

void slide_shapes(const xmlNode *tree, const char *layout) {
    write_titles(tree);
    write_shapes(tree, layout);
    write_footers(tree);
    slide_layout_text(layout);
}

static void write_notes_title(bool *has_title) {
    struct buffer title = {0};
    buffer_text(&title, "Notes:");
    if (!*has_title) write_paragraph(&title);
    *has_title = true;
    buffer_free(&title);
}

void slide_notes(const xmlNode *tree) {
    bool has_title = false;
    for (xmlNodePtr at = node_next(tree, tree, false); at;
         at = node_next(at, tree, is_shape(at) && !node_is(at, "grpSp"))) {
        if (!is_shape(at) || node_is(at, "grpSp") || is_furniture(at)) continue;
        const xmlNode *body = node_child(at, "txBody"), *table = node_descendant(at, "tbl");
        struct buffer text = {0};
        slide_text(body, SLIDE_TEXT, &text);
        buffer_collapse(&text, false);
        if (text.length || table) write_notes_title(&has_title);
        if (text.length) slide_text(body, SLIDE_TEXT, NULL);
        if (table) slide_table(table);
        buffer_free(&text);
    }
}
