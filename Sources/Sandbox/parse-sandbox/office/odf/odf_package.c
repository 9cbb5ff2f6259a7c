// The parts of an OpenDocument package that text and presentations have in common.
#include <string.h>

#include "failure.h"
#include "odf.h"
#include "running_text.h"

static bool is_encrypted;

static void visit_manifest(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)reader;
    if (event == XML_START && !strcmp(name, "encryption-data")) is_encrypted = true;
}

static bool is_style(const char *name) {
    return !strcmp(name, "style") || !strcmp(name, "default-style") ||
        !strcmp(name, "list-style") || !strcmp(name, "outline-style");
}

/// The texts that a master slide shows on each slide.
static void read_master_slide(const xmlNode *page) {
    for_each_child(shape, page) {
        const char *class = node_attribute(shape, "class");
        const char *placeholder = node_attribute(shape, "placeholder");
        bool is_number = class && (!strcmp(class, "page-number") || !strcmp(class, "date-time"));
        if (!odf_is_shape(node_name(shape)) || is_number || placeholder) continue;
        struct buffer text = {0};
        odf_shape(shape, &text);
        running_text_write(&text);
        buffer_free(&text);
    }
}

/// Headers and footers: each page style has its own, and other ones for first and left pages.
static void read_master_page(const xmlNode *page) {
    odf_is_running = true;
    read_master_slide(page);
    for (int is_footer = 0; is_footer < 2; is_footer++) {
        for_each_child(child, page) {
            const char *name = node_name(child), *display = node_attribute(child, "display");
            bool fits = !strncmp(name, is_footer ? "footer" : "header", 6);
            if (!fits || (display && !strcmp(display, "false"))) continue;
            struct buffer text = {0};
            odf_blocks(child, &text);
            running_text_write(&text);
            buffer_free(&text);
        }
    }
    odf_is_running = false;
}

static bool is_automatic;

static void visit_styles(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (!strcmp(name ? name : "", "automatic-styles") && event != XML_TEXT) {
        is_automatic = event == XML_START;
    }
    if (event != XML_START) return;
    if (is_style(name)) {
        odf_style_read(archive_take(reader), is_automatic ? ODF_STYLES : ODF_COMMON);
    } else if (!strcmp(name, "master-page")) {
        read_master_page(archive_take(reader));
    }
}

void odf_open(const struct buffer *document) {
    archive_open(document);
    archive_walk("META-INF/manifest.xml", visit_manifest);
    if (is_encrypted) fail(FAILURE_ENCRYPTED, "the document is encrypted");
    odf_scope = ODF_STYLES;
    archive_walk("styles.xml", visit_styles);
    odf_scope = ODF_CONTENT;
}

bool odf_content_style(xmlTextReaderPtr reader, const char *name) {
    if (!is_style(name)) return false;
    odf_style_read(archive_take(reader), ODF_CONTENT);
    return true;
}
