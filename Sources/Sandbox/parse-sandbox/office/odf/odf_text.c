// The text of an OpenDocument paragraph: spans, links, notes, comments, fields and frames.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "odf.h"
#include "report.h"
#include "running_text.h"

enum { spaces_max = 1024 };

bool odf_is_running;

/// Appends text. Blanks of the XML are one blank each time, unlike those that elements stand for.
static void append_text(struct odf_line *line, const char *text, const struct odf_style *style) {
    struct buffer visible = {0};
    size_t letters = 0;
    for (const char *at = text; *at; at++) {
        bool is_blank = strchr(" \t\r\n", *at) != NULL;
        bool repeats = is_blank && at > text && strchr(" \t\r\n", at[-1]);
        if (!repeats) buffer_byte(&visible, is_blank ? ' ' : *at);
        letters += !is_blank;
    }
    if (style->is_hidden) {
        if (letters) report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
    } else {
        if (style->is_monospaced) line->monospaced += letters;
        else line->proportional += letters;
        paragraph_run(line->paragraph, buffer_cstring(&visible), style->position);
    }
    buffer_free(&visible);
}

static void append_spaces(struct odf_line *line, const xmlNode *node) {
    long count = node_number(node, "c", 1);
    for (long i = 0; i < count && i < spaces_max; i++) paragraph_run(line->paragraph, " ", 0);
}

static void append_note(struct odf_line *line, const xmlNode *note) {
    const xmlNode *body = node_child(note, "note-body");
    struct buffer text = {0};
    if (body) odf_blocks(body, &text);
    paragraph_note(line->paragraph, &text);
    buffer_free(&text);
}

void odf_comment(struct paragraph *paragraph, const xmlNode *annotation) {
    struct buffer author = {0}, text = {0};
    const xmlNode *creator = node_child(annotation, "creator");
    if (creator) append_tree_text(&author, creator);
    buffer_collapse(&author, false);
    for_each_child(child, annotation) {
        if (node_is(child, "p")) odf_paragraph(child, &text);
        else if (node_is(child, "list")) odf_blocks(child, &text);
    }
    paragraph_comment(paragraph, buffer_cstring(&author), &text);
    buffer_free(&author);
    buffer_free(&text);
}

static void append_span(struct odf_line *line, const xmlNode *node, const struct odf_style *outer) {
    const char *name = node_attribute(node, "style-name");
    struct odf_style style = odf_style(ODF_TEXT, name), merged = *outer;
    if (name) {
        if (style.position) merged.position = style.position;
        merged.is_monospaced |= style.is_monospaced;
        merged.is_hidden |= style.is_hidden;
    }
    odf_text(line, node, &merged);
}

static void append_link(struct odf_line *line, const xmlNode *node, const struct odf_style *style) {
    size_t mark = paragraph_mark(line->paragraph);
    odf_text(line, node, style);
    paragraph_link(line->paragraph, mark, node_attribute(node, "href"));
}

static bool is_page_number(const char *name) {
    return !strcmp(name, "page-number") || !strcmp(name, "page-count") ||
        !strcmp(name, "page-continuation");
}

/// What is not text of the document: deleted text, the mark of a note, the reading of a word.
static bool is_skipped(const char *name) {
    static const char *const names[] = {
        "note-citation", "ruby-text", "tracked-changes", "annotation-end", "index-title-template",
        "soft-page-break", "event-listeners", "script", "hidden-text", "forms",
        // Fields of a master slide: each slide has its own text for them.
        "footer", "header", "date-time"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(name, names[i])) return true;
    }
    return false;
}

static void append_element(struct odf_line *line, const xmlNode *node,
                           const struct odf_style *style) {
    const char *name = node_name(node);
    if (!strcmp(name, "span")) append_span(line, node, style);
    else if (!strcmp(name, "s")) append_spaces(line, node);
    else if (!strcmp(name, "tab")) paragraph_run(line->paragraph, "\t", 0);
    else if (!strcmp(name, "line-break")) paragraph_run(line->paragraph, "\n", 0);
    else if (!strcmp(name, "a")) append_link(line, node, style);
    else if (!strcmp(name, "note")) append_note(line, node);
    else if (!strcmp(name, "annotation")) odf_comment(line->paragraph, node);
    else if (odf_is_running && is_page_number(name)) {
        paragraph_run(line->paragraph, RUNNING_PAGE_MARK, 0);
    } else if (odf_is_shape(name)) {
        if (!style->is_hidden) odf_frame(line, node);
    } else if (!is_skipped(name)) {
        odf_text(line, node, style);
    }
}

void odf_text(struct odf_line *line, const xmlNode *parent, const struct odf_style *style) {
    for_each_child(child, parent) {
        if (node_text(child)) append_text(line, node_text(child), style);
        else if (*node_name(child)) append_element(line, child, style);
    }
}
