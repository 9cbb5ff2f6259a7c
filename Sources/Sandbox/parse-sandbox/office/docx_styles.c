#include "docx_styles.h"

#include <stdlib.h>
#include <string.h>

#include "archive.h"

enum { styles_max = 10000, inheritance_max = 16 };

struct style {
    char *id, *parent;
    struct paragraph_style properties;
};

static struct style *styles;
static size_t style_count;

/// The heading level in a built-in style's name, which is always English: "heading 2", "Title".
static int level_of_name(const char *name) {
    if (!strncasecmp(name, "heading ", 8)) {
        int level = atoi(name + 8);
        return level >= 1 && level <= 6 ? level : level > 6 ? 6 : 0;
    }
    return strcasecmp(name, "title") ? 0 : 1;
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "style")) {
        const char *id = xml_attribute(reader, "styleId");
        if (!id || style_count == styles_max) return;
        if ((style_count & (style_count - 1)) == 0) {
            styles = checked_realloc(styles, style_count * 2 + 1, sizeof *styles);
        }
        styles[style_count++] = (struct style){.id = checked_copy(id)};
        return;
    }
    if (!style_count) return;
    struct style *style = &styles[style_count - 1];
    const char *value = xml_attribute(reader, "val");
    if (!strcmp(name, "numPr")) style->properties.list = true;
    if (!value) return;
    if (!strcmp(name, "name")) {
        int level = level_of_name(value);
        if (level) style->properties.heading = level;
        if (!strncasecmp(value, "list bullet", 11) || !strncasecmp(value, "list number", 11)) {
            style->properties.list = true;
        }
    } else if (!strcmp(name, "basedOn") && !style->parent) {
        style->parent = checked_copy(value);
    } else if (!strcmp(name, "outlineLvl") && !style->properties.heading) {
        int level = atoi(value);
        if (level >= 0 && level <= 5) style->properties.heading = level + 1;
    }
}

void docx_styles_read(const char *part) { archive_walk(part, visit); }

static const struct style *find(const char *id) {
    for (size_t i = 0; id && i < style_count; i++) {
        if (!strcmp(styles[i].id, id)) return &styles[i];
    }
    return NULL;
}

struct paragraph_style docx_style(const char *id) {
    struct paragraph_style properties = {0};
    const struct style *style = find(id);
    for (int depth = 0; style && depth < inheritance_max; depth++) {
        if (!properties.heading) properties.heading = style->properties.heading;
        properties.list |= style->properties.list;
        style = find(style->parent);
    }
    // Without a style sheet, only the usual ids are available.
    if (!style_count && id && !strncasecmp(id, "heading", 7)) properties.heading = atoi(id + 7);
    return properties;
}
