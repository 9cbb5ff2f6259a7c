// Places of shapes. A placeholder may have its place from the slide's layout or from its master.
#include <stdlib.h>
#include <string.h>

#include "running_text.h"
#include "slides.h"

enum { layouts_max = 500, holders_max = 100 };

struct holder { char *type; long index; bool has_place; struct box box; };

/// The placeholders of a layout or master.
struct layout {
    char *part, *master;
    struct holder *holders;
    size_t count;
    /// Text that each slide shows.
    struct buffer text;
};

static struct layout layouts[layouts_max];
static size_t layout_count;
static struct layout *reading;

/// The element that says what a shape is: nvSpPr, nvPicPr and so on.
static const xmlNode *description(const xmlNode *shape) {
    for_each_child(child, shape) {
        if (!strncmp(node_name(child), "nv", 2)) return child;
    }
    return NULL;
}

static const xmlNode *placeholder(const xmlNode *shape) {
    const xmlNode *own = node_child(node_child(description(shape), "nvPr"), "ph");
    // Some writers leave out the elements around it.
    return own ? own : node_child(node_child(shape, "nvPr"), "ph");
}

const char *placeholder_type(const xmlNode *shape) {
    const xmlNode *holder = placeholder(shape);
    const char *type = node_attribute(holder, "type");
    if (!holder) return "";
    return type && *type ? type : "body";
}

static bool own_place(const xmlNode *shape, struct box *box) {
    static const char *const properties[] = {"spPr", "grpSpPr", "picPr"};
    const xmlNode *place = node_child(shape, "xfrm");
    for (size_t i = 0; !place && i < sizeof properties / sizeof *properties; i++) {
        place = node_child(node_child(shape, properties[i]), "xfrm");
    }
    const xmlNode *offset = node_child(place, "off"), *size = node_child(place, "ext");
    if (!offset || !size) return false;
    box->left = (double)node_number(offset, "x", 0);
    box->top = (double)node_number(offset, "y", 0);
    box->right = box->left + (double)node_number(size, "cx", 0);
    box->bottom = box->top + (double)node_number(size, "cy", 0);
    return true;
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "sp") || reading->count == holders_max) return;
    const xmlNode *shape = archive_take(reader), *own = placeholder(shape);
    if (!own) {
        slide_text(node_child(shape, "txBody"), SLIDE_TEXT, &reading->text);
        return;
    }
    reading->holders =
        checked_realloc(reading->holders, reading->count + 1, sizeof *reading->holders);
    struct holder *holder = &reading->holders[reading->count++];
    *holder = (struct holder){.type = checked_copy(placeholder_type(shape)),
                              .index = node_number(own, "idx", -1)};
    holder->has_place = own_place(shape, &holder->box);
}

static struct layout *layout_of(const char *part) {
    for (size_t i = 0; i < layout_count; i++) {
        if (!strcmp(layouts[i].part, part)) return &layouts[i];
    }
    if (layout_count == layouts_max) return NULL;
    struct layout *layout = &layouts[layout_count++];
    layout->part = checked_copy(part);
    struct relations relations = relations_of(part);
    const char *master = relation_by_type(&relations, "slideMaster");
    layout->master = master ? checked_copy(master) : NULL;
    relations_free(&relations);
    reading = layout;
    archive_walk(part, visit);
    return layout;
}

/// Titles and bodies go by several names.
static bool is_same_type(const char *a, const char *b) {
    bool is_title = !strcmp(a, "title") || !strcmp(a, "ctrTitle");
    bool is_other_title = !strcmp(b, "title") || !strcmp(b, "ctrTitle");
    return !strcmp(a, b) || (is_title && is_other_title);
}

static const struct holder *find(const struct layout *layout, const char *type, long index) {
    for (size_t i = 0; index >= 0 && i < layout->count; i++) {
        if (layout->holders[i].index == index) return &layout->holders[i];
    }
    for (size_t i = 0; i < layout->count; i++) {
        if (is_same_type(layout->holders[i].type, type)) return &layout->holders[i];
    }
    return NULL;
}

bool slide_place(const xmlNode *shape, const char *layout, struct box *box) {
    if (own_place(shape, box)) return true;
    const xmlNode *own = placeholder(shape);
    if (!own || !layout) return false;
    const char *type = placeholder_type(shape);
    long index = node_number(own, "idx", -1);
    const struct layout *from = layout_of(layout);
    for (int i = 0; from && i < 2; i++) {
        const struct holder *holder = find(from, type, index);
        if (holder && holder->has_place) {
            box->left = holder->box.left, box->right = holder->box.right;
            box->top = holder->box.top, box->bottom = holder->box.bottom;
            return true;
        }
        if (holder) type = holder->type;
        index = -1;  // A master knows its placeholders by type.
        from = from->master ? layout_of(from->master) : NULL;
    }
    return false;
}

void slide_layout_text(const char *layout) {
    const struct relations *relations = slide_relations;
    slide_relations = NULL;
    struct layout *at = layout ? layout_of(layout) : NULL;
    for (int i = 0; at && i < 2; i++) {
        running_text_write(&at->text);
        at = at->master ? layout_of(at->master) : NULL;
    }
    slide_relations = relations;
}
