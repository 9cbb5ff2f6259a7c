#include "xml_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "formats.h"
#include "writer.h"

enum { field_bytes_max = 200, spans_max = 1000 };

struct xml_state xml_at;

struct xml_frame *xml_innermost(void) { return &xml_at.frames[xml_at.depth - 1]; }

void xml_flush_fields(void) {
    write_paragraph(&xml_at.fields);
    buffer_clear(&xml_at.fields);
}

void xml_flush(enum xml_role role) {
    if (xml_at.cells || xml_at.notes) {
        buffer_byte(&xml_at.text, ' ');
        return;
    }
    buffer_collapse(&xml_at.text, false);
    if (xml_at.text.length) xml_flush_fields();
    if (role == XML_TITLE) {
        write_heading(xml_at.sections ? xml_at.sections : 1, &xml_at.text);
    } else if (xml_at.lists) {
        long *ordinal = &xml_at.ordinals[xml_at.lists - 1];
        if (xml_at.text.length) write_item(xml_at.lists, *ordinal ? (*ordinal)++ : 0, &xml_at.text);
    } else {
        write_paragraph(&xml_at.text);
    }
    buffer_clear(&xml_at.text);
}

static void append_attributes(xmlTextReaderPtr reader) {
    bool has_any = false;
    for (int next = xmlTextReaderMoveToFirstAttribute(reader); next == 1;
         next = xmlTextReaderMoveToNextAttribute(reader)) {
        const char *name = (const char *)xmlTextReaderConstLocalName(reader);
        const char *value = (const char *)xmlTextReaderConstValue(reader);
        size_t length = value ? strlen(value) : 0;
        bool is_field = length && length <= field_bytes_max && !xmlTextReaderConstPrefix(reader) &&
            !xmlTextReaderIsNamespaceDecl(reader);
        if (!is_field || xml_at.is_drawing) continue;
        buffer_text(&xml_at.labels, has_any ? ", " : " (");
        buffer_text(&xml_at.labels, name);
        buffer_text(&xml_at.labels, ": ");
        buffer_text(&xml_at.labels, value);
        has_any = true;
    }
    if (has_any) buffer_byte(&xml_at.labels, ')');
    xmlTextReaderMoveToElement(reader);
}

/// Appends the label of a field to the lines.
static void append_label(const struct xml_frame *frame) {
    size_t length = xml_at.labels.length - frame->label;
    buffer_append(&xml_at.fields, xml_at.labels.bytes + frame->label, length);
}

/// Whether the label shows attributes, which are worth a line of their own.
static bool has_attributes(const struct xml_frame *frame) {
    const struct buffer *labels = &xml_at.labels;
    return labels->length > frame->label && labels->bytes[labels->length - 1] == ')';
}

void xml_begin_field(xmlTextReaderPtr reader, const char *name) {
    buffer_text(&xml_at.labels, name);
    append_attributes(reader);
}

void xml_begin_group(struct xml_frame *frame) {
    if (frame->has_children) return;
    frame->has_children = true;
    if (frame->role != XML_FIELD) return;
    xml_flush_fields();
    if (!has_attributes(frame)) return;
    append_label(frame);
    buffer_byte(&xml_at.fields, '\n');
}

void xml_begin_cell(xmlTextReaderPtr reader) {
    xml_at.cells++;
    long columns = xml_number(reader, "colspan", xml_number(reader, "cols", 1));
    long rows = xml_number(reader, "rowspan", xml_number(reader, "rows", 1));
    rows += xml_number(reader, "morerows", 0);
    // DocBook names the first and the last column, such as "c1" and "c3".
    const char *first = xml_attribute(reader, "namest"), *last = xml_attribute(reader, "nameend");
    if (first && last) {
        columns = strtol(last + strcspn(last, "0123456789"), NULL, 10) + 1;
        columns -= strtol(first + strcspn(first, "0123456789"), NULL, 10);
    }
    xml_at.columns = columns < 1 || columns > spans_max ? 1 : columns;
    xml_at.rows = rows < 1 || rows > spans_max ? 1 : rows;
}

static bool looks_like_html(const struct buffer *text) {
    static const char *const marks[] = {"</", "<br", "<p>", NULL};
    for (const char *const *mark = marks; text->length && *mark; mark++) {
        if (memmem(text->bytes, text->length, *mark, strlen(*mark))) return true;
    }
    return false;
}

void xml_end_field(const struct xml_frame *frame) {
    buffer_collapse(&xml_at.text, false);
    bool is_page = looks_like_html(&xml_at.text);
    if (frame->has_children || is_page || xml_at.text.length > field_bytes_max) {
        xml_flush_fields();
        if (is_page) html_read(&xml_at.text, "utf-8");
        else write_paragraph(&xml_at.text);
    } else if (xml_at.text.length || has_attributes(frame)) {
        append_label(frame);
        if (xml_at.text.length) buffer_text(&xml_at.fields, ": ");
        buffer_append(&xml_at.fields, xml_at.text.bytes, xml_at.text.length);
        buffer_byte(&xml_at.fields, '\n');
    }
    buffer_clear(&xml_at.text);
}

void xml_end_cell(void) {
    if (--xml_at.cells) return;
    table_merged_cell(&xml_at.text, xml_at.columns, xml_at.rows);
    buffer_clear(&xml_at.text);
}
