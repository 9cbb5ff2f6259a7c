// Diagrams of OOXML (SmartArt): the texts of their points, as a list whose levels follow from the
// connections between points.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "drawing.h"
#include "writer.h"

enum { points_max = 10000, depth_max = 9 };

struct point { const char *id; const xmlNode *node; bool is_root, is_written; };
struct connection { const char *from, *to; long order; };

static struct point *points;
static struct connection *connections;
static size_t point_count, connection_count;

static int compare_points(const void *left, const void *right) {
    return strcmp(((const struct point *)left)->id, ((const struct point *)right)->id);
}

static int compare_connections(const void *left, const void *right) {
    const struct connection *a = left, *b = right;
    int order = strcmp(a->from, b->from);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

static bool is_text_point(const char *type) {
    return !type || !strcmp(type, "node") || !strcmp(type, "asst");
}

static void add_point(const xmlNode *node) {
    const char *id = node_attribute(node, "modelId"), *type = node_attribute(node, "type");
    bool is_root = type && !strcmp(type, "doc");
    if (!id || point_count == points_max || !(is_root || is_text_point(type))) return;
    points[point_count++] = (struct point){id, node, is_root, false};
}

static void add_connection(const xmlNode *node) {
    const char *from = node_attribute(node, "srcId"), *to = node_attribute(node, "destId");
    const char *type = node_attribute(node, "type");
    bool is_parent = !type || !strcmp(type, "parOf");
    if (!from || !to || !is_parent || connection_count == points_max) return;
    connections[connection_count++] =
        (struct connection){from, to, node_number(node, "srcOrd", 0)};
}

static void write_point(struct point *point, int depth) {
    struct buffer text = {0};
    point->is_written = true;
    const xmlNode *body = node_child(point->node, "t");
    for (xmlNodePtr at = body ? node_next(body, body, false) : NULL; at;
         at = node_next(at, body, false)) {
        if (node_is(at, "t")) append_tree_text(&text, at);
        else if ((node_is(at, "p") || node_is(at, "br")) && text.length) buffer_byte(&text, '\n');
    }
    write_item(depth, 0, &text);
    buffer_free(&text);
}

/// The first connection from the point; the count if there is none.
static size_t first_from(const char *id) {
    size_t low = 0, high = connection_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(connections[middle].from, id) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void write_below(const char *id, int depth) {
    if (depth > depth_max) return;
    for (size_t i = first_from(id); i < connection_count && !strcmp(connections[i].from, id); i++) {
        struct point wanted = {.id = connections[i].to};
        struct point *point =
            bsearch(&wanted, points, point_count, sizeof *points, compare_points);
        if (!point || point->is_written || point->is_root) continue;
        write_point(point, depth);
        write_below(point->id, depth + 1);
    }
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)name;
    if (event != XML_START) return;
    const xmlNode *root = archive_take(reader);
    points = checked_realloc(NULL, points_max, sizeof *points);
    connections = checked_realloc(NULL, points_max, sizeof *connections);
    point_count = connection_count = 0;
    for_each_child(list, root) {
        for_each_child(node, list) {
            if (node_is(node, "pt")) add_point(node);
            else if (node_is(node, "cxn")) add_connection(node);
        }
    }
    qsort(points, point_count, sizeof *points, compare_points);
    qsort(connections, connection_count, sizeof *connections, compare_connections);
    for (size_t i = 0; i < point_count; i++) {
        if (points[i].is_root) write_below(points[i].id, 1);
    }
    // Points without a connection, and those deeper than the bound.
    for (size_t i = 0; i < point_count; i++) {
        if (!points[i].is_written && !points[i].is_root) write_point(&points[i], 1);
    }
    write_list_end();
    free(points);
    free(connections);
}

void write_diagram(const char *part) { archive_walk(part, visit); }
