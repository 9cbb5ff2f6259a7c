#include "tree.h"

#include <stdlib.h>
#include <string.h>

const char *node_name(const xmlNode *node) {
    return node && node->type == XML_ELEMENT_NODE ? (const char *)node->name : "";
}

bool node_is(const xmlNode *node, const char *name) { return !strcmp(node_name(node), name); }

const char *node_text(const xmlNode *node) {
    bool is_text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
    return is_text ? (const char *)node->content : NULL;
}

static const char *value_of(const xmlAttr *attribute) {
    const xmlNode *value = attribute->children;
    return value && value->content ? (const char *)value->content : "";
}

const char *node_attribute(const xmlNode *node, const char *name) {
    if (!node || node->type != XML_ELEMENT_NODE) return NULL;
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        if (!strcmp((const char *)at->name, name)) return value_of(at);
    }
    return NULL;
}

const char *node_relation(const xmlNode *node, const char *name) {
    if (!node || node->type != XML_ELEMENT_NODE) return NULL;
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        const char *space = at->ns ? (const char *)at->ns->href : NULL;
        bool is_relation = space && strstr(space, "elationships");
        if (is_relation && !strcmp((const char *)at->name, name)) return value_of(at);
    }
    return NULL;
}

long node_number(const xmlNode *node, const char *name, long otherwise) {
    const char *value = node_attribute(node, name);
    if (!value) return otherwise;
    char *end;
    long number = strtol(value, &end, 10);
    return end == value ? otherwise : number;
}

bool node_is_on(const xmlNode *node) {
    if (!node) return false;
    const char *value = node_attribute(node, "val");
    return !value || (strcmp(value, "0") && strcmp(value, "false") && strcmp(value, "off"));
}

xmlNodePtr node_child(const xmlNode *parent, const char *name) {
    for (xmlNodePtr at = parent ? parent->children : NULL; at; at = at->next) {
        if (node_is(at, name)) return at;
    }
    return NULL;
}

xmlNodePtr node_following(const xmlNode *node, const char *name) {
    xmlNodePtr at = node->next;
    while (at && !node_is(at, name)) at = at->next;
    return at;
}

const char *child_value(const xmlNode *parent, const char *name) {
    return node_attribute(node_child(parent, name), "val");
}

xmlNodePtr node_next(const xmlNode *at, const xmlNode *root, bool skips_content) {
    if (!skips_content && at->type == XML_ELEMENT_NODE && at->children) return at->children;
    while (at != root && !at->next) at = at->parent;
    return at == root ? NULL : at->next;
}

xmlNodePtr node_descendant(const xmlNode *root, const char *name) {
    if (!root) return NULL;
    for (xmlNodePtr at = node_next(root, root, false); at; at = node_next(at, root, false)) {
        if (node_is(at, name)) return at;
    }
    return NULL;
}

void append_tree_text(struct buffer *target, const xmlNode *root) {
    for (xmlNodePtr at = node_next(root, root, false); at; at = node_next(at, root, false)) {
        if (node_text(at)) buffer_text(target, node_text(at));
    }
}
