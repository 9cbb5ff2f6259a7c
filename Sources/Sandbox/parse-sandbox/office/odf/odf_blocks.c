// Blocks of OpenDocument: paragraphs, headings, lists, tables, and the elements around them.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "odf.h"
#include "report.h"

enum {
    /// Longer lines in a monospaced font are sentences, such as those of a letter.
    code_line_bytes_max = 160,
};

bool odf_is_skipped(const xmlNode *node) {
    static const char *const names[] = {
        "tracked-changes", "forms", "annotation-end", "sequence-decls", "variable-decls",
        "user-field-decls", "index-title-template", "scripts", "event-listeners", "table-source",
        "alphabetical-index-auto-mark-file", "shapes", "settings"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (node_is(node, names[i])) return true;
    }
    const char *display = node_is(node, "section") ? node_attribute(node, "display") : NULL;
    bool is_hidden = display && !strcmp(display, "none");
    if (is_hidden) report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
    return is_hidden;
}

static bool is_code(const struct odf_line *line, const struct odf_style *style) {
    if (line->paragraph->heading || line->paragraph->list_level) return false;
    if (style->is_code) return true;
    size_t length = 0;
    for (size_t i = 0; i < line->paragraph->text.length; i++) {
        length = line->paragraph->text.bytes[i] == '\n' ? 0 : length + 1;
        if (length > code_line_bytes_max) return false;
    }
    return line->monospaced && !line->proportional && !odf_is_monospaced_by_default();
}

void odf_paragraph(const xmlNode *node, struct buffer *target) {
    struct paragraph paragraph = {0};
    struct odf_line line = {.paragraph = &paragraph, .is_inline = target != NULL};
    struct odf_style style = odf_style(ODF_PARAGRAPH, node_attribute(node, "style-name"));
    long level = node_is(node, "h") ? node_number(node, "outline-level", 1) : style.heading;
    paragraph.heading = level < 0 ? 0 : level > 6 ? 6 : (int)level;
    odf_text(&line, node, &style);
    paragraph_end(&paragraph);
    odf_number(node, &style, &paragraph);
    if (target) {
        block_append(target, &paragraph);
    } else {
        paragraph.is_code = is_code(&line, &style);
        block_write(&paragraph);
        for (size_t i = 0; i < line.box_count; i++) odf_blocks(line.boxes[i], NULL);
        odf_objects_flush();
    }
    free(line.boxes);
    paragraph_free(&paragraph);
}

void odf_shape(const xmlNode *frame, struct buffer *target) {
    struct paragraph paragraph = {0};
    struct odf_line line = {.paragraph = &paragraph, .is_inline = target != NULL};
    odf_frame(&line, frame);
    if (target) {
        block_append(target, &paragraph);
    } else {
        for (size_t i = 0; i < line.box_count; i++) odf_blocks(line.boxes[i], NULL);
        block_write(&paragraph);
        odf_objects_flush();
    }
    free(line.boxes);
    paragraph_free(&paragraph);
}

static void write_comment(const xmlNode *annotation, struct buffer *target) {
    struct paragraph paragraph = {0};
    odf_comment(&paragraph, annotation);
    if (target) block_append(target, &paragraph);
    else block_write(&paragraph);
    paragraph_free(&paragraph);
}

void odf_blocks(const xmlNode *parent, struct buffer *target) {
    for_each_child(node, parent) {
        const char *name = node_name(node);
        if (!*name || odf_is_skipped(node)) continue;
        bool is_list = !strcmp(name, "list");
        if (!strcmp(name, "p") || !strcmp(name, "h")) odf_paragraph(node, target);
        else if (!strcmp(name, "table")) odf_table(node, target);
        else if (!strcmp(name, "annotation")) write_comment(node, target);
        else if (odf_is_shape(name)) odf_shape(node, target);
        else {
            if (is_list) odf_list_begin(node);
            if (!strcmp(name, "list-item") || !strcmp(name, "list-header")) odf_list_item(node);
            odf_blocks(node, target);
            if (is_list) odf_list_end();
        }
    }
}
