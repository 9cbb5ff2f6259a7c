// Styles of OpenDocument: titles, lists, code, hidden text and raised text.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odf.h"

enum { styles_max = 20000, inheritance_max = 16, buckets = 4096 };

struct style {
    char *name, *parent;
    enum odf_scope scope;
    enum odf_family family;
    struct odf_style own;
    bool has_font, has_hidden;
    /// The next style in the same bucket; 0 if there is none.
    size_t next;
};

enum odf_scope odf_scope;

/// From index 1.
static struct style *styles;
static size_t style_count = 1;
static size_t first[buckets];
static bool default_is_monospaced;

static size_t bucket_of(const char *name) {
    size_t hash = 5381;
    for (; *name; name++) hash = hash * 33 + (unsigned char)*name;
    return hash % buckets;
}

static const struct style *find(enum odf_family family, const char *name) {
    const struct style *common = NULL;
    if (!name || !styles) return NULL;
    for (size_t i = first[bucket_of(name)]; i; i = styles[i].next) {
        const struct style *style = &styles[i];
        if (style->family != family || strcmp(style->name, name)) continue;
        if (style->scope == odf_scope) return style;
        if (style->scope == ODF_COMMON) common = style;
    }
    return common;
}

/// Names are English with blanks written as _20_.
static bool is_code_name(const char *name) {
    static const char *const starts[] = {
        "Preformatted", "Source_20_Code", "SourceCode", "Code_20_Block", "CodeBlock",
        "Source_20_Text", "Code_20_block", "HTML_20_Preformatted", "Verbatim"};
    if (!strcasecmp(name, "Code")) return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (!strncasecmp(name, starts[i], strlen(starts[i]))) return true;
    }
    return false;
}

/// `super 58%`, `sub`, or a percentage of the height.
static int position_of(const char *position) {
    if (!position) return 0;
    if (!strncmp(position, "super", 5)) return 1;
    if (!strncmp(position, "sub", 3)) return -1;
    double height = strtod(position, NULL);
    return height > 0 ? 1 : height < 0 ? -1 : 0;
}

static void read_text_properties(const xmlNode *text, struct style *style) {
    const char *font = node_attribute(text, "font-name");
    const char *display = node_attribute(text, "display");
    if (!font) font = node_attribute(text, "font-family");
    style->has_font = font != NULL;
    style->own.is_monospaced = is_monospaced(font);
    style->has_hidden = display != NULL;
    style->own.is_hidden = display && !strcmp(display, "none");
    style->own.position = position_of(node_attribute(text, "text-position"));
}

static bool read_family(const char *name, enum odf_family *family) {
    static const char *const names[ODF_FAMILY_COUNT] = {"paragraph", "text", "drawing-page"};
    for (int i = 0; name && i < ODF_FAMILY_COUNT; i++) {
        if (strcmp(name, names[i])) continue;
        *family = (enum odf_family)i;
        return true;
    }
    return false;
}

static void add(const xmlNode *node, const char *name, enum odf_family family,
                enum odf_scope scope) {
    if ((style_count & (style_count - 1)) == 0) {
        styles = checked_realloc(styles, style_count * 2, sizeof *styles);
    }
    struct style *style = &styles[style_count];
    const char *parent = node_attribute(node, "parent-style-name");
    const char *list = node_attribute(node, "list-style-name");
    size_t bucket = bucket_of(name);
    *style = (struct style){
        .name = checked_copy(name), .parent = parent ? checked_copy(parent) : NULL,
        .scope = scope, .family = family, .next = first[bucket]};
    first[bucket] = style_count++;
    style->own.heading = !strcmp(name, "Title");
    style->own.is_code = is_code_name(name);
    style->own.list = list ? checked_copy(list) : NULL;
    const xmlNode *text = node_child(node, "text-properties");
    if (text) read_text_properties(text, style);
    const xmlNode *page = node_child(node, "drawing-page-properties");
    const char *visibility = node_attribute(page, "visibility");
    if (visibility) style->own.is_hidden = !strcmp(visibility, "hidden");
    bool is_standard = family == ODF_PARAGRAPH && !strcmp(name, "Standard");
    if (is_standard && style->has_font) default_is_monospaced = style->own.is_monospaced;
}

void odf_style_read(const xmlNode *node, enum odf_scope scope) {
    enum odf_family family;
    const char *name = node_attribute(node, "name");
    bool is_list = node_is(node, "list-style") || node_is(node, "outline-style");
    if (is_list) {
        odf_list_style_read(node, scope);
    } else if (read_family(node_attribute(node, "family"), &family)) {
        if (name && style_count < styles_max) add(node, name, family, scope);
        if (node_is(node, "default-style") && family == ODF_PARAGRAPH) {
            const xmlNode *text = node_child(node, "text-properties");
            default_is_monospaced = is_monospaced(node_attribute(text, "font-name"));
        }
    }
}

bool odf_is_monospaced_by_default(void) { return default_is_monospaced; }

struct odf_style odf_style(enum odf_family family, const char *name) {
    struct odf_style result = {0};
    bool has_font = false, has_hidden = false;
    const struct style *style = find(family, name);
    for (int depth = 0; style && depth < inheritance_max; depth++) {
        const struct odf_style *own = &style->own;
        if (!result.heading) result.heading = own->heading;
        if (!result.list) result.list = own->list;
        if (!result.position) result.position = own->position;
        if (!has_font) result.is_monospaced = own->is_monospaced;
        if (!has_hidden) result.is_hidden = own->is_hidden;
        has_font |= style->has_font;
        has_hidden |= style->has_hidden;
        result.is_code |= own->is_code;
        style = find(family, style->parent);
    }
    return result;
}
