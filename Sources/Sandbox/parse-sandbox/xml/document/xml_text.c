// The text of XML documents by structure, as far as their elements have a common meaning. Others
// are fields: a short text becomes a line `name: value`, and fields of an element are a paragraph.
#include "xml_text.h"

#include <string.h>

#include "failure.h"
#include "writer.h"
#include "xml_blocks.h"

/// Whether the text of an element is collected, so that elements inside it are part of its text.
static bool collects(enum xml_role role) {
    return role == XML_PARAGRAPH || role == XML_TITLE || role == XML_CODE || role == XML_CELL ||
        role == XML_NOTE || role == XML_INLINE;
}

/// Whether an element ends the text around it, also in the middle of a paragraph.
static bool interrupts(enum xml_role role) {
    return role == XML_LIST || role == XML_ORDERED_LIST || role == XML_TABLE || role == XML_CODE;
}

static void begin(xmlTextReaderPtr reader, const char *name, enum xml_role role) {
    switch (role) {
    case XML_SECTION: xml_at.sections++; break;
    case XML_LIST: case XML_ORDERED_LIST:
        if (xml_at.lists < xml_depth_max) xml_at.ordinals[xml_at.lists] = role == XML_ORDERED_LIST;
        xml_at.lists++;
        break;
    case XML_TABLE:
        xml_at.tables++;
        table_begin();
        break;
    case XML_CELL: xml_begin_cell(reader); break;
    case XML_NOTE:
        if (xml_innermost()->is_inside) buffer_text(&xml_at.text, " [");
        xml_at.notes += xml_innermost()->is_inside;
        break;
    case XML_FIELD: xml_begin_field(reader, name); break;
    default: break;
    }
}

/// The role of an element at this place.
static enum xml_role role_of(const char *name) {
    if (!xml_at.depth) return XML_SECTION;
    enum xml_role role = xml_role_of(name, xml_innermost()->role);
    bool is_cell = role == XML_ROW || role == XML_CELL || role == XML_HEAD;
    if (is_cell && !xml_at.tables) return XML_FIELD;
    return xml_at.is_drawing && !strcmp(name, "text") ? XML_PARAGRAPH : role;
}

void xml_text_start(xmlTextReaderPtr reader, const char *name) {
    if (xml_at.depth == xml_depth_max) {
        fail(FAILURE_TOO_LARGE, "the elements are nested more than 256 levels deep");
    }
    if (!xml_at.depth) xml_at.is_drawing = !strcmp(name, "svg");
    enum xml_role role = role_of(name);
    struct xml_frame *outer = xml_at.depth ? xml_innermost() : NULL;
    bool is_collected = outer && (outer->is_inside || collects(outer->role) ||
                                  (outer->role == XML_FIELD && xml_at.text.length));
    bool is_block = interrupts(role) && !xml_at.cells && !xml_at.notes;
    bool is_inside = is_collected && !is_block;
    if (role == XML_INLINE && !is_inside) role = XML_FIELD;
    if (!is_inside && xml_at.text.length) xml_flush(outer ? outer->role : XML_PARAGRAPH);
    if (outer && !is_inside) xml_begin_group(outer);
    xml_at.frames[xml_at.depth++] = (struct xml_frame){
        .role = role, .is_inside = is_inside, .label = xml_at.labels.length};
    if (role == XML_SKIPPED || xml_at.skipped) xml_at.skipped++;
    else if (!is_inside || role == XML_NOTE) begin(reader, name, role);
    else if (role != XML_INLINE) buffer_byte(&xml_at.text, ' ');
}

static void end_note(bool is_inside) {
    xml_at.notes -= is_inside;
    if (is_inside) buffer_byte(&xml_at.text, ']');
    else xml_flush(XML_PARAGRAPH);
}

static void end(const struct xml_frame *frame) {
    switch (frame->role) {
    case XML_SECTION:
        xml_flush(XML_PARAGRAPH);
        xml_flush_fields();
        xml_at.sections--;
        break;
    case XML_LIST: case XML_ORDERED_LIST:
        if (--xml_at.lists == 0) write_list_end();
        break;
    case XML_TABLE:
        xml_at.tables--;
        table_end();
        break;
    case XML_ROW:
        if (xml_at.depth && xml_innermost()->role == XML_HEAD) table_mark_header();
        table_row_end();
        break;
    case XML_CELL: xml_end_cell(); break;
    case XML_CODE:
        xml_flush_fields();
        write_code(&xml_at.text);
        buffer_clear(&xml_at.text);
        break;
    case XML_NOTE: end_note(frame->is_inside); break;
    case XML_FIELD: xml_end_field(frame); break;
    default: xml_flush(frame->role); break;
    }
}

void xml_text_end(void) {
    struct xml_frame frame = *xml_innermost();
    xml_at.depth--;
    if (xml_at.skipped) {
        xml_at.skipped--;
        return;
    }
    if (frame.is_inside && frame.role != XML_NOTE) {
        if (frame.role != XML_INLINE) buffer_byte(&xml_at.text, ' ');
        return;
    }
    end(&frame);
    if (!xml_at.depth) xml_flush_fields();
    xml_at.labels.length = frame.label;
}

void xml_text_add(const char *text) {
    if (xml_at.skipped) return;
    // Blanks between elements are not text.
    const char *blanks = xml_innermost()->role == XML_CODE ? "\n" : " \t\r\n";
    if (!xml_at.text.length) text += strspn(text, blanks);
    buffer_text(&xml_at.text, text);
}
