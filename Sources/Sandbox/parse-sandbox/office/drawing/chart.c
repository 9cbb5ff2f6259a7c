// Charts of OOXML: the title, and a table with a row per category and a column per series.
// Only the values that the document stores for display are read, not the workbook behind them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "drawing.h"
#include "writer.h"

enum { series_max = 256, points_max = 10000, category_bytes_max = 1000 };

/// Values by their index.
struct points { char **values; size_t count; };

struct series { struct buffer name; struct points categories, values; };

static void set_point(struct points *points, long index, const char *value) {
    if (index < 0 || index >= points_max) return;
    size_t count = (size_t)index + 1;
    if (count > points->count) {
        points->values = checked_realloc(points->values, count, sizeof *points->values);
        memset(points->values + points->count, 0,
               (count - points->count) * sizeof *points->values);
        points->count = count;
    }
    char **place = &points->values[index];
    if (!*place) {
        *place = checked_copy(value);
        return;
    }
    if (strlen(*place) > category_bytes_max) return;
    // Categories of several levels: the outer one, which follows, comes first.
    struct buffer joined = {0};
    buffer_text(&joined, value);
    buffer_byte(&joined, ' ');
    buffer_text(&joined, *place);
    free(*place);
    *place = checked_copy(buffer_cstring(&joined));
    buffer_free(&joined);
}

/// A stored value as people read it: 0.3 for 0.30000000000000004, and 12% if it is shown as such.
static void shown(struct buffer *target, const char *value, const char *format) {
    char *end, text[64];
    double number = strtod(value, &end);
    if (end == value || *end) {
        buffer_text(target, value);
        return;
    }
    bool is_percent = format && strchr(format, '%');
    if (is_percent) number *= 100;
    snprintf(text, sizeof text, is_percent ? "%.10g%%" : "%.15g", number);
    buffer_text(target, text);
}

/// Reads the points in a tree. The levels of categories follow each other from the innermost.
static void read_points(const xmlNode *root, struct points *points) {
    const char *format = NULL;
    struct buffer code = {0}, value = {0};
    if (!root) return;
    for (xmlNodePtr at = node_next(root, root, false); at; at = node_next(at, root, false)) {
        if (node_is(at, "formatCode")) {
            buffer_clear(&code);
            append_tree_text(&code, at);
            format = buffer_cstring(&code);
        }
        if (!node_is(at, "pt")) continue;
        struct buffer stored = {0};
        append_tree_text(&stored, at);
        buffer_collapse(&stored, false);
        buffer_clear(&value);
        const char *own = node_attribute(at, "formatCode");
        shown(&value, buffer_cstring(&stored), own ? own : format);
        set_point(points, node_number(at, "idx", -1), buffer_cstring(&value));
        buffer_free(&stored);
    }
    buffer_free(&code);
    buffer_free(&value);
}

static void free_points(struct points *points) {
    for (size_t i = 0; i < points->count; i++) free(points->values[i]);
    free(points->values);
}

static const xmlNode *first_child(const xmlNode *node, const char *name, const char *other) {
    const xmlNode *child = node_child(node, name);
    return child ? child : node_child(node, other);
}

/// The data with an id, in a chart of the kinds that exist since 2016, such as a waterfall.
static const xmlNode *find_data(const xmlNode *root, const char *id) {
    for (const xmlNode *data = node_child(node_child(root, "chartData"), "data"); id && data;
         data = node_following(data, "data")) {
        const char *own = node_attribute(data, "id");
        if (own && !strcmp(own, id)) return data;
    }
    return NULL;
}

static size_t read_newer_series(const xmlNode *root, struct series series[series_max]) {
    const xmlNode *region = node_descendant(node_child(root, "chart"), "plotAreaRegion");
    size_t count = 0;
    for (const xmlNode *at = node_child(region, "series"); at && count < series_max;
         at = node_following(at, "series")) {
        struct series *next = &series[count++];
        *next = (struct series){0};
        const xmlNode *name = node_descendant(node_child(at, "tx"), "v");
        const xmlNode *data = find_data(root, child_value(at, "dataId"));
        if (name) append_tree_text(&next->name, name);
        read_points(node_child(data, "strDim"), &next->categories);
        read_points(node_child(data, "numDim"), &next->values);
    }
    return count;
}

static size_t read_series(const xmlNode *chart, struct series series[series_max]) {
    size_t count = 0;
    for (xmlNodePtr at = node_next(chart, chart, false); at && count < series_max;
         at = node_next(at, chart, node_is(at, "ser"))) {
        if (!node_is(at, "ser")) continue;
        struct series *next = &series[count++];
        *next = (struct series){0};
        const xmlNode *name = node_child(at, "tx");
        const xmlNode *stored = node_descendant(name, "v");
        if (stored) append_tree_text(&next->name, stored);
        read_points(first_child(at, "cat", "xVal"), &next->categories);
        read_points(first_child(at, "val", "yVal"), &next->values);
    }
    return count;
}

/// The text of a title, which is rich text or the value of a cell.
static void append_title(struct buffer *text, const xmlNode *title) {
    if (!title) return;
    for (xmlNodePtr at = node_next(title, title, false); at; at = node_next(at, title, false)) {
        bool is_text = node_is(at, "t") || node_is(at, "v");
        if (is_text) append_tree_text(text, at);
        else if (node_is(at, "p") && text->length) buffer_byte(text, ' ');
    }
}

/// The title of the axis that has the categories.
static void append_axis(struct buffer *text, const xmlNode *plot) {
    static const char *const axes[] = {"catAx", "dateAx", "valAx"};
    for (size_t i = 0; plot && i < sizeof axes / sizeof *axes; i++) {
        const xmlNode *axis = node_child(plot, axes[i]);
        if (!axis) continue;
        append_title(text, node_child(axis, "title"));
        return;
    }
}

static void write_cell(const char *text) {
    struct buffer cell = {0};
    buffer_text(&cell, text ? text : "");
    table_cell(&cell);
    buffer_free(&cell);
}

/// Whether both series have the same categories.
static bool shares_categories(const struct series *series, const struct series *other) {
    size_t count = other->categories.count;
    if (count && count != series->categories.count) return false;
    for (size_t i = 0; i < count; i++) {
        const char *a = series->categories.values[i], *b = other->categories.values[i];
        if (strcmp(a ? a : "", b ? b : "")) return false;
    }
    return true;
}

/// Writes series that share their categories.
static void write_table(const struct series *series, size_t count, const char *axis) {
    size_t rows = series->categories.count;
    for (size_t i = 0; i < count; i++) {
        if (series[i].values.count > rows) rows = series[i].values.count;
    }
    table_begin();
    write_cell(*axis ? axis : "Category");
    for (size_t i = 0; i < count; i++) {
        struct buffer name = series[i].name;
        write_cell(name.length ? buffer_cstring(&name) : "Value");
    }
    table_mark_header();
    table_row_end();
    for (size_t row = 0; row < rows; row++) {
        write_cell(row < series->categories.count ? series->categories.values[row] : NULL);
        for (size_t i = 0; i < count; i++) {
            write_cell(row < series[i].values.count ? series[i].values.values[row] : NULL);
        }
        table_row_end();
    }
    table_end();
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)name;
    if (event != XML_START) return;
    const xmlNode *root = archive_take(reader), *chart = node_child(root, "chart");
    if (!chart) return;
    struct series series[series_max];
    struct buffer title = {0}, axis = {0};
    const xmlNode *plot = node_child(chart, "plotArea");
    append_title(&title, node_child(chart, "title"));
    append_axis(&axis, plot);
    buffer_collapse(&axis, false);
    write_paragraph(&title);
    size_t count = plot ? read_series(plot, series) : 0;
    if (!count) count = read_newer_series(root, series);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count; next++) {
            if (!shares_categories(&series[first], &series[next])) break;
        }
        write_table(&series[first], next - first, buffer_cstring(&axis));
    }
    for (size_t i = 0; i < count; i++) {
        buffer_free(&series[i].name);
        free_points(&series[i].categories);
        free_points(&series[i].values);
    }
    buffer_free(&title);
    buffer_free(&axis);
}

void write_chart(const char *part) { archive_walk(part, visit); }
