// Trees of XML elements, as archive_take returns them. Names are local names, in any namespace. The
// parser bounds the depth of a tree at 256.
#pragma once

#include <libxml/tree.h>
#include <stdbool.h>

#include "buffer.h"

#define for_each_child(child, parent)                                                              \
    for (xmlNodePtr child = (parent)->children; child; child = child->next)

/// The name of an element; empty for other nodes.
const char *node_name(const xmlNode *node);
bool node_is(const xmlNode *node, const char *name);
/// The text of a text node; NULL for other nodes.
const char *node_text(const xmlNode *node);

/// The attribute's value; NULL if there is none.
const char *node_attribute(const xmlNode *node, const char *name);
/// The attribute of this name in the namespace of OOXML relationships; NULL if there is none.
const char *node_relation(const xmlNode *node, const char *name);
/// The attribute as a number; `otherwise` if there is none or it is not a number.
long node_number(const xmlNode *node, const char *name, long otherwise);
/// Whether a boolean property element such as `<w:b w:val="0"/>` is present and on.
bool node_is_on(const xmlNode *node);

/// The first child of this name; NULL if there is none, or no parent.
xmlNodePtr node_child(const xmlNode *parent, const char *name);
/// The next sibling of this name; NULL if there is none.
xmlNodePtr node_following(const xmlNode *node, const char *name);
/// The attribute `val` of the child of this name; NULL if there is none.
const char *child_value(const xmlNode *parent, const char *name);
/// The first descendant of this name, in document order; NULL if there is none.
xmlNodePtr node_descendant(const xmlNode *root, const char *name);
/// The node after `at` in document order, inside `root`; without the content of `at` if
/// `skips_content`.
xmlNodePtr node_next(const xmlNode *at, const xmlNode *root, bool skips_content);
/// Appends all text in the tree.
void append_tree_text(struct buffer *target, const xmlNode *root);
