#include "odf_list_styles.h"

#include <stdlib.h>
#include <string.h>

enum {
    styles_max = 10000,
    buckets = 1024,
    /// Numbers of lists are bounded, so that counting cannot overflow.
    number_max = 1000000000,
};

static struct list_style *styles[buckets];
static struct list_style outline;
static size_t style_count;

static size_t bucket_of(const char *name) {
    size_t hash = 5381;
    for (; *name; name++) hash = hash * 33 + (unsigned char)*name;
    return hash % buckets;
}

long odf_start(const xmlNode *node, long otherwise) {
    long start = node_number(node, "start-value", otherwise);
    return start < 0 ? otherwise : start > number_max ? number_max : start;
}

static char *copy_attribute(const xmlNode *node, const char *name) {
    const char *value = node_attribute(node, name);
    return value && strlen(value) < 200 ? checked_copy(value) : NULL;
}

static void read_level(const xmlNode *node, struct level *level) {
    const char *name = node_name(node);
    bool is_bullet = strstr(name, "bullet") || strstr(name, "image");
    *level = (struct level){
        .format = counter_of_example(node_attribute(node, "num-format")),
        .start = odf_start(node, 1),
        .shown_levels = node_number(node, "display-levels", 1),
        .prefix = copy_attribute(node, "num-prefix"),
        .suffix = copy_attribute(node, "num-suffix"),
        .pattern = copy_attribute(node, "num-list-format"),
    };
    level->is_numbered = !is_bullet && level->format != COUNTER_NONE;
}

void odf_list_style_read(const xmlNode *node, enum odf_scope scope) {
    struct list_style *style = &outline;
    if (node_is(node, "list-style")) {
        const char *name = node_attribute(node, "name");
        if (!name || style_count == styles_max) return;
        struct list_style **bucket = &styles[bucket_of(name)];
        style = checked_realloc(NULL, 1, sizeof *style);
        *style = (struct list_style){checked_copy(name), scope, {{0}}, *bucket};
        *bucket = style;
        style_count++;
    }
    for_each_child(child, node) {
        long level = node_number(child, "level", 0);
        if (level >= 1 && level <= levels_max) read_level(child, &style->levels[level - 1]);
    }
}

const struct list_style *odf_list_style(const char *name) {
    const struct list_style *common = NULL;
    const struct list_style *style = name ? styles[bucket_of(name)] : NULL;
    for (; style; style = style->next) {
        if (strcmp(style->name, name)) continue;
        if (style->scope == odf_scope) return style;
        if (style->scope == ODF_COMMON) common = style;
    }
    return common;
}

const struct list_style *odf_outline(void) { return &outline; }
