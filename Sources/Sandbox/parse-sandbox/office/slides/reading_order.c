// Cuts the slide along gaps that no box crosses: into bands, and a band into columns. Bands that
// have the same columns, all about as wide, are read together, so that a slide in two columns is
// read column by column. Rows of a narrow label and a wide text are read row by row.
#include "reading_order.h"

#include <stdlib.h>
#include <string.h>

enum {
    /// More boxes are sorted by their tops only.
    boxes_max = 400,
    depth_max = 32,
};

/// Boxes usually reach over their text, so they may overlap by this share of their size.
static const double overlap = 0.12;
/// The least width of a column, as a share of the widest, that makes it one of several texts.
static const double least_width = 0.4;

static int compare_tops(const void *left, const void *right) {
    const struct box *a = left, *b = right;
    if (a->top != b->top) return a->top < b->top ? -1 : 1;
    if (a->left != b->left) return a->left < b->left ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

static int compare_lefts(const void *left, const void *right) {
    const struct box *a = left, *b = right;
    if (a->left != b->left) return a->left < b->left ? -1 : 1;
    return compare_tops(left, right);
}

/// Whether a gap is before the box, which begins at `start`, after boxes that end at `end`.
static bool begins_after(double end, double start, double size) {
    return start >= end - size * overlap;
}

/// The number of boxes in the first band of boxes that are sorted by their tops.
static size_t first_band(const struct box *boxes, size_t count) {
    double end = boxes[0].bottom;
    for (size_t i = 1; i < count; i++) {
        double height = boxes[i].bottom - boxes[i].top;
        if (begins_after(end, boxes[i].top, height)) return i;
        if (boxes[i].bottom > end) end = boxes[i].bottom;
    }
    return count;
}

/// The number of boxes in the first column of boxes that are sorted by their left edges.
static size_t first_column(const struct box *boxes, size_t count, double *width) {
    double end = boxes[0].right;
    size_t i = 1;
    for (; i < count; i++) {
        double size = boxes[i].right - boxes[i].left;
        if (begins_after(end, boxes[i].left, size)) break;
        if (boxes[i].right > end) end = boxes[i].right;
    }
    *width = end - boxes[0].left;
    return i;
}

/// Whether the boxes are in several columns that are about as wide. Sorts a copy.
static bool has_columns(const struct box *boxes, size_t count) {
    struct box *copy = checked_realloc(NULL, count, sizeof *copy);
    memcpy(copy, boxes, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, compare_lefts);
    double least = 0, most = 0;
    size_t columns = 0;
    for (size_t at = 0, size; at < count; at += size) {
        double width;
        size = first_column(copy + at, count - at, &width);
        if (!columns || width < least) least = width;
        if (!columns || width > most) most = width;
        columns++;
    }
    free(copy);
    return columns > 1 && least >= most * least_width;
}

static void sort(struct box *boxes, size_t count, int depth);

static void sort_columns(struct box *boxes, size_t count, int depth) {
    qsort(boxes, count, sizeof *boxes, compare_lefts);
    double width;
    size_t size = first_column(boxes, count, &width);
    if (size == count) {  // The boxes overlap.
        qsort(boxes, count, sizeof *boxes, compare_tops);
        return;
    }
    for (size_t at = 0; at < count; at += size) {
        size = first_column(boxes + at, count - at, &width);
        sort(boxes + at, size, depth + 1);
    }
}

static void sort(struct box *boxes, size_t count, int depth) {
    qsort(boxes, count, sizeof *boxes, compare_tops);
    if (count < 2 || depth > depth_max) return;
    for (size_t at = 0, size; at < count; at += size) {
        size = first_band(boxes + at, count - at);
        bool side_by_side = size > 1 && has_columns(boxes + at, size);
        while (side_by_side && at + size < count) {
            size_t next = first_band(boxes + at + size, count - at - size);
            if (!has_columns(boxes + at, size + next)) break;
            size += next;
        }
        if (size > 1) sort_columns(boxes + at, size, depth);
    }
}

void sort_in_reading_order(struct box *boxes, size_t count) {
    if (count > boxes_max) qsort(boxes, count, sizeof *boxes, compare_tops);
    else if (count) sort(boxes, count, 0);
}
