// PPTX, part by part. Each slide is taken as a tree.
#pragma once

#include <stdbool.h>

#include "archive.h"
#include "reading_order.h"
#include "tree.h"

/// The relationships of the part that is being read.
extern const struct relations *slide_relations;

// --- slide_text.c

enum slide_role {
    /// Paragraphs are items unless they say otherwise.
    SLIDE_LIST,
    /// Paragraphs are items only if they say so.
    SLIDE_TEXT,
};

/// Writes the paragraphs of a text body, or appends them to `target` if it is not NULL.
void slide_text(const xmlNode *body, enum slide_role role, struct buffer *target);

// --- slide_shapes.c

/// Writes the title, the shapes in reading order and, once, the footer of a slide.
void slide_shapes(const xmlNode *tree, const char *layout);
/// Writes the text of a page of notes.
void slide_notes(const xmlNode *tree);
/// Adds the files that slides contain.
void slide_objects_end(void);

// --- slide_table.c

void slide_table(const xmlNode *table);

// --- slide_layouts.c

/// The type of a placeholder: "body" if it does not name one, and empty if the shape is not a
/// placeholder.
const char *placeholder_type(const xmlNode *shape);
/// Sets the place of a shape from its own properties or from the layout that it fills. Returns
/// false if none of them has a place.
bool slide_place(const xmlNode *shape, const char *layout, struct box *box);
/// Writes the text that a layout and its master show on each slide, once.
void slide_layout_text(const char *layout);

// --- slide_comments.c

void slide_authors_read(const struct relations *parts);
/// Writes the comments on a slide.
void slide_comments(const struct relations *parts);
