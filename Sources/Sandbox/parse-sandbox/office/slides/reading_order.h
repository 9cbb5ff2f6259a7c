// The order in which people read the boxes of a slide.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tree.h"

/// A shape and its place on the slide, in any unit.
struct box {
    double left, top, right, bottom;
    const xmlNode *shape;
    /// The position in the drawing order, which decides between boxes at the same place.
    size_t position;
};

/// Sorts boxes from top to bottom and, where they are side by side, column by column.
void sort_in_reading_order(struct box *boxes, size_t count);
