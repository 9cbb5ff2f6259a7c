#include "ods_text.h"

#include <string.h>

enum { spaces_max = 1024 };

struct ods_text ods_text;

static int paragraph_depth, skip_depth, shape_depth;
static bool in_comment;

static struct buffer *sink(void) {
    return in_comment ? &ods_text.comment : shape_depth ? &ods_text.shapes : &ods_text.cell;
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++) {
        if (!strcmp(name, *names)) return true;
    }
    return false;
}

static bool is_skipped(const char *name) {
    static const char *const names[] = {
        "tracked-changes", "forms", "creator", "date", "ruby-text", NULL};
    return is_one_of(name, names);
}

static bool is_shape(const char *name) {
    static const char *const names[] = {
        "frame", "custom-shape", "rect", "ellipse", "shapes", NULL};
    return is_one_of(name, names);
}

/// A paragraph, or the title or description of a shape.
static bool is_paragraph(const char *name) {
    static const char *const names[] = {"p", "title", "desc", NULL};
    return is_one_of(name, names);
}

static void append_spaces(xmlTextReaderPtr reader) {
    long count = xml_number(reader, "c", 1);
    for (long i = 0; i < count && i < spaces_max; i++) buffer_byte(sink(), ' ');
}

static void read_address(xmlTextReaderPtr reader) {
    const char *address = xml_attribute(reader, "href");
    bool is_kept = address && *address != '#' && !ods_text.address.length && !shape_depth;
    if (is_kept) buffer_text(&ods_text.address, address);
}

static bool start(xmlTextReaderPtr reader, const char *name) {
    if (is_shape(name)) shape_depth++;
    else if (!strcmp(name, "annotation")) in_comment = true;
    else if (is_paragraph(name)) paragraph_depth++;
    else if (!paragraph_depth) return false;
    else if (!strcmp(name, "s")) append_spaces(reader);
    else if (!strcmp(name, "tab") || !strcmp(name, "line-break")) buffer_byte(sink(), ' ');
    else if (!strcmp(name, "a")) read_address(reader);
    return true;
}

static bool end(const char *name) {
    if (is_shape(name)) shape_depth--;
    else if (!strcmp(name, "annotation")) in_comment = false;
    else if (!paragraph_depth) return false;
    else if (is_paragraph(name)) {
        paragraph_depth--;
        buffer_byte(sink(), '\n');
    }
    return true;
}

bool ods_text_visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (paragraph_depth && !skip_depth) buffer_text(sink(), name);
        return true;
    }
    if (is_skipped(name)) {
        skip_depth += event == XML_START ? 1 : -1;
        return true;
    }
    if (skip_depth) return true;
    return event == XML_START ? start(reader, name) : end(name);
}

/// Adds what is shown after the value.
static void append_remark(struct buffer *remark, char before, char after) {
    struct buffer *text = &ods_text.cell;
    buffer_collapse(remark, false);
    bool is_shown = strstr(buffer_cstring(text), buffer_cstring(remark)) != NULL;
    if (!remark->length || is_shown) return;
    if (text->length) buffer_byte(text, ' ');
    buffer_byte(text, before);
    buffer_append(text, remark->bytes, remark->length);
    buffer_byte(text, after);
}

static enum cell_kind kind_of(const char *type) {
    static const char *const numbers[] = {"float", "currency", "percentage", NULL};
    if (!strcmp(type, "date") || !strcmp(type, "time")) return CELL_DATE;
    if (!strcmp(type, "boolean")) return CELL_FLAG;
    return is_one_of(type, numbers) ? CELL_NUMBER : CELL_TEXT;
}

enum cell_kind ods_text_end_cell(const char *type, const char *value) {
    struct buffer *text = &ods_text.cell;
    buffer_collapse(text, false);
    // A number that is too long to be shown has an exponent.
    bool is_cut = strstr(buffer_cstring(text), "E+") && *value && !strchr(value, 'E');
    if (is_cut && !strcmp(type, "float")) {
        buffer_clear(text);
        buffer_text(text, value);
    }
    enum cell_kind kind = kind_of(type);
    if (!text->length) kind = CELL_MARK;
    append_remark(&ods_text.address, '(', ')');
    append_remark(&ods_text.comment, '[', ']');
    return kind;
}
