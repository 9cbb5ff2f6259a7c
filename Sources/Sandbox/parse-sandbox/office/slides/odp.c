// ODP: slides with form feeds between them, shapes in reading order, comments and notes below each
// slide. Hidden slides are left out.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "failure.h"
#include "formats.h"
#include "odf.h"
#include "reading_order.h"
#include "report.h"
#include "running_text.h"
#include "writer.h"

enum { footers_max = 1000 };

static struct pages *slides;
static struct footer { char *name, *text; } footers[footers_max];
static size_t footer_count;

/// What a frame is for, such as "title" or "notes"; empty for other shapes.
static const char *class_of(const xmlNode *shape) {
    const char *class = node_attribute(shape, "class");
    return class ? class : "";
}

/// Slide numbers, dates and the picture of the slide on a page of notes.
static bool is_furniture(const xmlNode *shape) {
    static const char *const classes[] = {"page-number", "date-time", "footer", "header", "page"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!strcmp(class_of(shape), classes[i])) return true;
    }
    return node_is(shape, "page-thumbnail");
}

/// A length such as "2.5cm", in millimetres.
static double length_of(const xmlNode *node, const char *name, bool *is_known) {
    static const struct { const char *unit; double millimetres; } units[] = {
        {"mm", 1}, {"cm", 10}, {"in", 25.4}, {"pt", 25.4 / 72}, {"pc", 25.4 / 6},
        {"px", 25.4 / 96}};
    const char *text = node_attribute(node, name);
    char *end;
    double value = text ? strtod(text, &end) : 0;
    *is_known = text && end != text;
    for (size_t i = 0; *is_known && i < sizeof units / sizeof *units; i++) {
        if (!strcmp(end, units[i].unit)) return value * units[i].millimetres;
    }
    return value;
}

static void place(const xmlNode *shape, struct box *box) {
    bool has_left, has_top, is_known;
    double left = length_of(shape, "x", &has_left), top = length_of(shape, "y", &has_top);
    if (!has_left || !has_top) return;
    box->left = left;
    box->top = top;
    box->right = left + length_of(shape, "width", &is_known);
    box->bottom = top + length_of(shape, "height", &is_known);
}

/// The place of a group is that of its shapes.
static void place_group(const xmlNode *group, struct box *box) {
    bool is_first = true;
    for_each_child(child, group) {
        if (!odf_is_shape(node_name(child))) continue;
        struct box part = *box;
        place(child, &part);
        if (is_first || part.left < box->left) box->left = part.left;
        if (is_first || part.top < box->top) box->top = part.top;
        if (is_first || part.right > box->right) box->right = part.right;
        if (is_first || part.bottom > box->bottom) box->bottom = part.bottom;
        is_first = false;
    }
}

static void write_shapes(const xmlNode *parent) {
    struct box *boxes = NULL;
    size_t count = 0;
    for_each_child(node, parent) {
        bool is_title = !strcmp(class_of(node), "title");
        if (!odf_is_shape(node_name(node)) || is_furniture(node) || is_title) continue;
        if ((count & (count - 1)) == 0) {
            boxes = checked_realloc(boxes, count * 2 + 1, sizeof *boxes);
        }
        // A shape without a place is read after the one that is drawn before it.
        boxes[count] = count ? boxes[count - 1] : (struct box){0};
        if (node_is(node, "g")) place_group(node, &boxes[count]);
        else place(node, &boxes[count]);
        boxes[count].shape = node;
        boxes[count].position = count;
        count++;
    }
    sort_in_reading_order(boxes, count);
    for (size_t i = 0; i < count; i++) {
        if (node_is(boxes[i].shape, "g")) write_shapes(boxes[i].shape);
        else odf_shape(boxes[i].shape, NULL);
        blocks_flush();
    }
    free(boxes);
}

static void write_titles(const xmlNode *page) {
    for_each_child(node, page) {
        if (strcmp(class_of(node), "title")) continue;
        struct buffer text = {0};
        odf_shape(node, &text);
        write_heading(2, &text);
        buffer_free(&text);
    }
}

static void write_comments(const xmlNode *page) {
    for_each_child(node, page) {
        if (!node_is(node, "annotation")) continue;
        struct paragraph paragraph = {0};
        odf_comment(&paragraph, node);
        block_write(&paragraph);
        paragraph_free(&paragraph);
    }
}

static void write_notes(const xmlNode *notes) {
    bool has_notes = false;
    for (xmlNodePtr at = notes ? notes->children : NULL; at; at = at->next) {
        if (!odf_is_shape(node_name(at)) || is_furniture(at)) continue;
        struct buffer text = {0}, title = {0};
        odf_shape(at, &text);
        buffer_collapse(&text, true);
        buffer_text(&title, "Notes:");
        if (text.length && !has_notes) write_paragraph(&title);
        has_notes |= text.length > 0;
        write_paragraph(&text);
        buffer_free(&text);
        buffer_free(&title);
    }
}

static void write_footer(const xmlNode *page) {
    const char *name = node_attribute(page, "use-footer-name");
    for (size_t i = 0; name && i < footer_count; i++) {
        if (strcmp(footers[i].name, name)) continue;
        struct buffer text = {0};
        buffer_text(&text, footers[i].text);
        running_text_write(&text);
        buffer_free(&text);
    }
}

static void write_page(const xmlNode *page) {
    if (slides->in_source++) write_page_break();
    struct odf_style style = odf_style(ODF_PAGE, node_attribute(page, "style-name"));
    if (style.is_hidden) {
        report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, slides->in_source);
        return;
    }
    write_titles(page);
    write_shapes(page);
    write_footer(page);
    write_comments(page);
    write_notes(node_child(page, "notes"));
    slides->read++;
}

static void add_footer(const xmlNode *declaration) {
    const char *name = node_attribute(declaration, "name");
    if (!name || footer_count == footers_max) return;
    struct buffer text = {0};
    append_tree_text(&text, declaration);
    footers[footer_count++] =
        (struct footer){checked_copy(name), checked_copy(buffer_cstring(&text))};
    buffer_free(&text);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || odf_content_style(reader, name)) return;
    if (!strcmp(name, "footer-decl")) add_footer(archive_take(reader));
    else if (!strcmp(name, "page")) write_page(archive_take(reader));
}

void parse_odp(struct buffer *document, struct pages *pages) {
    slides = pages;
    odf_open(document);
    if (!archive_walk("content.xml", visit)) {
        fail(FAILURE_MALFORMED, "the document has no content");
    }
}
