// Tables on slides: a group of shapes, one for each cell.
#pragma once

#include "ppt_records.h"

struct ppt_place { int left, top, right, bottom; };

/// Where a shape is, in the units of its group or of the slide.
struct ppt_place ppt_shape_place(struct view shape);
/// Writes the text of a shape, or appends it to `target` if it is not NULL.
void ppt_shape_text(struct view shape, struct buffer *target);

/// Writes the cells of a group as a table.
void ppt_table_write(struct view group);
