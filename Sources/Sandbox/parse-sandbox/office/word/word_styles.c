// Styles of a DOCX: headings, lists, code, hidden text and raised text.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

enum { styles_max = 10000, inheritance_max = 16 };

struct style {
    char *id, *parent;
    struct word_style own;
    /// The style itself says whether its text is hidden.
    bool has_hidden, has_font;
};

static struct style *styles;
static size_t style_count;
static bool default_is_monospaced;

/// The heading level in a built-in style's name, which is always English: "heading 2", "Title".
static int level_of_name(const char *name) {
    if (!strncasecmp(name, "heading ", 8)) {
        int level = atoi(name + 8);
        return level >= 1 && level <= 6 ? level : level > 6 ? 6 : 0;
    }
    return strcasecmp(name, "title") ? 0 : 1;
}

/// Whether paragraphs of a style are program code, by the names that people give such styles.
static bool is_code_name(const char *name) {
    static const char *const starts[] = {
        "source code", "sourcecode", "code block", "codeblock", "code snippet", "code listing",
        "code example", "program code", "program listing", "programlisting", "html preformatted",
        "preformatted", "verbatim", "macro text"};
    if (!strcasecmp(name, "code")) return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (!strncasecmp(name, starts[i], strlen(starts[i]))) return true;
    }
    return false;
}

int word_position(const char *alignment) {
    if (!strcmp(alignment, "superscript")) return 1;
    return strcmp(alignment, "subscript") ? 0 : -1;
}

static void read_font(const xmlNode *properties, bool *has_font, bool *is_mono) {
    const xmlNode *fonts = node_child(properties, "rFonts");
    const char *font = node_attribute(fonts, "ascii");
    if (!font) font = node_attribute(fonts, "hAnsi");
    if (!font && !node_attribute(fonts, "asciiTheme")) return;
    *has_font = true;
    *is_mono = is_monospaced(font);
}

static void read_style(const xmlNode *node, struct style *style) {
    struct word_style *own = &style->own;
    const char *name = child_value(node, "name"), *parent = child_value(node, "basedOn");
    const xmlNode *paragraph = node_child(node, "pPr"), *run = node_child(node, "rPr");
    if (parent) style->parent = checked_copy(parent);
    if (name) {
        own->heading = level_of_name(name);
        own->is_code = is_code_name(name);
        own->is_listed = !strncasecmp(name, "list bullet", 11) ||
            !strncasecmp(name, "list number", 11);
    }
    long outline = node_number(node_child(paragraph, "outlineLvl"), "val", 9);
    if (!own->heading && outline >= 0 && outline <= 5) own->heading = (int)outline + 1;
    const xmlNode *numbering = node_child(paragraph, "numPr");
    own->is_listed |= numbering != NULL;
    own->number = node_number(node_child(numbering, "numId"), "val", -1);
    own->level = node_number(node_child(numbering, "ilvl"), "val", -1);
    const xmlNode *hidden = node_child(run, "vanish");
    style->has_hidden = hidden != NULL;
    own->is_hidden = node_is_on(hidden);
    const char *position = child_value(run, "vertAlign");
    if (position) own->position = word_position(position);
    read_font(run, &style->has_font, &own->is_monospaced);
}

static int compare(const void *left, const void *right) {
    return strcmp(((const struct style *)left)->id, ((const struct style *)right)->id);
}

static const struct style *find(const char *id) {
    if (!id || !style_count) return NULL;
    struct style wanted = {.id = (char *)id};
    return bsearch(&wanted, styles, style_count, sizeof *styles, compare);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "docDefaults")) {
        bool has_font;
        const xmlNode *run = node_descendant(archive_take(reader), "rPr");
        read_font(run, &has_font, &default_is_monospaced);
    } else if (!strcmp(name, "style") && style_count < styles_max) {
        const xmlNode *node = archive_take(reader);
        const char *id = node_attribute(node, "styleId"), *type = node_attribute(node, "type");
        if (!id) return;
        if ((style_count & (style_count - 1)) == 0) {
            styles = checked_realloc(styles, style_count * 2 + 1, sizeof *styles);
        }
        struct style *style = &styles[style_count++];
        *style = (struct style){.id = checked_copy(id)};
        read_style(node, style);
        const char *is_default = node_attribute(node, "default");
        bool is_body = type && !strcmp(type, "paragraph") && is_default && *is_default != '0';
        if (is_body && style->has_font) default_is_monospaced = style->own.is_monospaced;
    }
}

void word_styles_read(const char *part) {
    archive_walk(part, visit);
    if (style_count) qsort(styles, style_count, sizeof *styles, compare);
}

bool word_is_monospaced_by_default(void) { return default_is_monospaced; }

struct word_style word_style(const char *id) {
    struct word_style result = {.number = -1, .level = -1};
    bool has_hidden = false, has_font = false;
    const struct style *style = find(id);
    for (int depth = 0; style && depth < inheritance_max; depth++) {
        const struct word_style *own = &style->own;
        if (!result.heading) result.heading = own->heading;
        if (result.level < 0 && result.number < 0) result.level = own->level;
        if (result.number < 0) result.number = own->number;
        if (!result.position) result.position = own->position;
        if (!has_hidden) result.is_hidden = own->is_hidden;
        if (!has_font) result.is_monospaced = own->is_monospaced;
        has_hidden |= style->has_hidden;
        has_font |= style->has_font;
        result.is_listed |= own->is_listed;
        result.is_code |= own->is_code;
        style = find(style->parent);
    }
    // Without a style sheet, only the usual ids are available.
    if (!style_count && id && !strncasecmp(id, "heading", 7)) result.heading = atoi(id + 7);
    return result;
}
