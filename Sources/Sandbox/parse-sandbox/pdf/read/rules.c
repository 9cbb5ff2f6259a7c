// Reads straight lines from a page's drawing, because they separate the cells of tables: strokes,
// thin rectangles and the edges of filled rectangles.
#include <math.h>
#include <string.h>

#include "pdf_page.h"

enum { object_text = 1, object_path = 2, object_form = 5 };
enum { segment_line = 0, segment_move = 2 };
enum {
    /// Objects of a page and points of a path that are read. A drawing has more than a table.
    objects_max = 50000,
    points_max = 256,
    rules_max = 20000,
    form_depth_max = 6,
};
/// A rectangle that is narrower is a line; a line that is shorter is a mark.
static const float thickness_max = 3, length_min = 4;

static struct pdf_page_text *text;
static int objects_left;

static void add_rule(struct pdf_rules *rules, float at, float from, float to, bool is_fill_edge) {
    if (from > to) {
        float swap = from;
        from = to;
        to = swap;
    }
    if (to - from < length_min || rules->count == rules_max) return;
    pdf_grow(&rules->items, rules->count, &rules->capacity, sizeof *rules->items);
    rules->items[rules->count++] = (struct pdf_rule){at, from, to, is_fill_edge};
}

/// Adds the line between two points, if it is parallel to an edge of the page.
static void add_line(float x1, float y1, float x2, float y2, bool is_fill_edge) {
    if (fabsf(y1 - y2) < 1) add_rule(&text->across, (y1 + y2) / 2, x1, x2, is_fill_edge);
    else if (fabsf(x1 - x2) < 1) add_rule(&text->down, (x1 + x2) / 2, y1, y2, is_fill_edge);
}

static void add_rectangle(struct pdf_box box, bool is_fill_edge) {
    float width = box.right - box.left, height = box.top - box.bottom;
    float x = (box.left + box.right) / 2, y = (box.bottom + box.top) / 2;
    if (height <= thickness_max && width > height) {
        add_rule(&text->across, y, box.left, box.right, false);
    } else if (width <= thickness_max) {
        add_rule(&text->down, x, box.bottom, box.top, false);
    } else {
        add_line(box.left, box.bottom, box.right, box.bottom, is_fill_edge);
        add_line(box.left, box.top, box.right, box.top, is_fill_edge);
        // The sides of a filled rectangle are those of a stripe or a box, not of a cell.
        if (is_fill_edge) return;
        add_line(box.left, box.bottom, box.left, box.top, false);
        add_line(box.right, box.bottom, box.right, box.top, false);
    }
}

static bool is_white(pdf_object path) {
    unsigned red = 0, green = 0, blue = 0, alpha = 255;
    if (!pdfium.PageObj_GetFillColor(path, &red, &green, &blue, &alpha)) return false;
    return alpha == 0 || (red > 250 && green > 250 && blue > 250);
}

static struct pdf_matrix multiply(struct pdf_matrix m, struct pdf_matrix by) {
    return (struct pdf_matrix){
        m.a * by.a + m.b * by.c, m.a * by.b + m.b * by.d, m.c * by.a + m.d * by.c,
        m.c * by.b + m.d * by.d, m.e * by.a + m.f * by.c + by.e, m.e * by.b + m.f * by.d + by.f};
}

/// A point of a path on the upright page.
static bool point_of(pdf_segment segment, const struct pdf_matrix *matrix, float *x, float *y) {
    float px, py;
    if (!segment || !pdfium.PathSegment_GetPoint(segment, &px, &py)) return false;
    float left = matrix->a * px + matrix->c * py + matrix->e;
    float bottom = matrix->b * px + matrix->d * py + matrix->f;
    struct pdf_box box = pdf_page_box(text, left, bottom, left, bottom);
    *x = box.left;
    *y = box.bottom;
    return isfinite(*x) && isfinite(*y);
}

/// Whether the four or five points of a path are the corners of an upright rectangle.
static bool is_rectangle(const float *x, const float *y, int count) {
    if (count != 4 && !(count == 5 && fabsf(x[4] - x[0]) < 1 && fabsf(y[4] - y[0]) < 1)) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        int next = (i + 1) % 4;
        if (fabsf(x[i] - x[next]) > 0.5f && fabsf(y[i] - y[next]) > 0.5f) return false;
    }
    return fabsf(x[0] - x[2]) > 0 || fabsf(y[0] - y[2]) > 0;
}

/// Adds one closed or open part of a path.
static void add_part(const float *x, const float *y, int count, bool closed, bool filled,
                     bool stroked, bool white) {
    if (count < 2 || count > points_max) return;
    if (is_rectangle(x, y, count) && (filled || closed || count == 5)) {
        struct pdf_box box = {fminf(x[0], x[2]), fminf(y[0], y[2]), fmaxf(x[0], x[2]),
                              fmaxf(y[0], y[2])};
        if (stroked || !white) add_rectangle(box, !stroked);
        return;
    }
    if (!stroked) return;
    for (int i = 1; i < count; i++) add_line(x[i - 1], y[i - 1], x[i], y[i], false);
    if (closed) add_line(x[count - 1], y[count - 1], x[0], y[0], false);
}

static void read_path(pdf_object path, const struct pdf_matrix *outer) {
    int fill = 0, stroke = 0;
    struct pdf_matrix own = {1, 0, 0, 1, 0, 0};
    int count = pdfium.Path_CountSegments(path);
    if (count < 2 || count > points_max * 4) return;
    if (!pdfium.Path_GetDrawMode(path, &fill, &stroke) || (!fill && !stroke)) return;
    pdfium.PageObj_GetMatrix(path, &own);
    struct pdf_matrix matrix = multiply(own, *outer);
    bool white = fill && is_white(path), curved = false;
    float x[points_max + 1], y[points_max + 1];
    int points = 0;
    for (int i = 0; i < count; i++) {
        pdf_segment segment = pdfium.Path_GetPathSegment(path, i);
        int type = segment ? pdfium.PathSegment_GetType(segment) : -1;
        if (type == segment_move) {
            if (!curved) add_part(x, y, points, false, fill, stroke, white);
            points = 0;
            curved = false;
        }
        curved |= type != segment_move && type != segment_line;
        if (points <= points_max && point_of(segment, &matrix, &x[points], &y[points])) points++;
        if (segment && pdfium.PathSegment_GetClose(segment)) {
            if (!curved) add_part(x, y, points, true, fill, stroke, white);
            points = 0;
        }
    }
    if (!curved) add_part(x, y, points, false, fill, stroke, white);
}

static void read_object(pdf_object object, const struct pdf_matrix *matrix, int depth) {
    if (!object || objects_left-- <= 0) return;
    switch (pdfium.PageObj_GetType(object)) {
    case object_path: read_path(object, matrix); break;
    case object_form: {
        struct pdf_matrix own = {1, 0, 0, 1, 0, 0};
        int count = depth < form_depth_max ? pdfium.FormObj_CountObjects(object) : 0;
        pdfium.PageObj_GetMatrix(object, &own);
        struct pdf_matrix inner = multiply(own, *matrix);
        for (int i = 0; i < count && objects_left > 0; i++) {
            read_object(pdfium.FormObj_GetObject(object, (unsigned long)i), &inner, depth + 1);
        }
        break;
    }
    default: break;
    }
}

void pdf_read_rules(struct pdf_page_text *page_text, pdf_page page) {
    static const struct pdf_matrix unchanged = {1, 0, 0, 1, 0, 0};
    text = page_text;
    objects_left = objects_max;
    int count = pdfium.Page_CountObjects(page);
    for (int i = 0; i < count && objects_left > 0; i++) {
        read_object(pdfium.Page_GetObject(page, i), &unchanged, 0);
    }
}
