// Jupyter notebooks, in the formats 3 and 4: Markdown as Markdown, code and its output as fenced
// code, tables in HTML as tables. Pictures are left out, and long outputs are cut.
#include <string.h>

#include "encoding.h"
#include "failure.h"
#include "formats.h"
#include "json.h"
#include "report.h"
#include "writer.h"

enum { output_bytes_max = 2000, output_lines_max = 30, page_bytes_max = 1 << 15 };

/// Appends a string, or the strings of an array.
static void append_source(struct json source, struct buffer *text) {
    if (json_is_string(source)) {
        json_append(source, text);
    } else if (json_is_array(source)) {
        struct json_items lines = json_items(source);
        while (json_next(&lines)) {
            if (json_is_string(lines.value)) json_append(lines.value, text);
        }
    }
}

/// Appends the member's text. Returns false if there is no such member.
static bool append_member(struct json object, const char *name, struct buffer *text) {
    struct json value;
    bool exists = json_member(object, name, &value);
    if (exists) append_source(value, text);
    return exists;
}

static bool member_equals(struct json object, const char *name, const char *text) {
    struct json value;
    return json_member(object, name, &value) && json_is_string(value) && json_equals(value, text);
}

static void write_markdown(struct buffer *text) {
    if (wrote_blocks()) write_verbatim("\n\n", 2);
    markdown_read(buffer_cstring(text), text->length);
}

/// The language of the code, as the notebook's metadata name it; empty if it is not a name.
static char language[32];

static void read_language(struct json notebook) {
    struct json metadata, info, name;
    bool is_known = json_member(notebook, "metadata", &metadata) &&
        json_member(metadata, "language_info", &info) && json_member(info, "name", &name);
    size_t length = is_known ? (size_t)(name.end - name.at) : 0;
    if (length < 3 || length > sizeof language || !json_is_string(name)) return;
    for (size_t i = 1; i < length - 1; i++) {
        unsigned char folded = (unsigned char)name.at[i] | 0x20;
        bool is_part = (folded >= 'a' && folded <= 'z') || strchr("0123456789+#-", name.at[i]);
        if (!is_part) return;
    }
    memcpy(language, name.at + 1, length - 2);
}

/// Removes the terminal's escape sequences, such as colours.
static void remove_escapes(struct buffer *text) {
    size_t to = 0;
    for (size_t at = 0; at < text->length; at++) {
        if (text->bytes[at] != 0x1b) {
            text->bytes[to++] = text->bytes[at];
            continue;
        }
        if (at + 1 < text->length && text->bytes[at + 1] == '[') at += 2;
        while (at < text->length && (text->bytes[at] < 0x40 || text->bytes[at] > 0x7e)) at++;
    }
    text->length = to;
}

/// Writes an output up to its limits, at the end of a line.
static void write_output(struct buffer *text) {
    remove_escapes(text);
    size_t length = 0, lines = 0;
    while (length < text->length && lines < output_lines_max) {
        const char *stop = memchr(text->bytes + length, '\n', text->length - length);
        size_t next = stop ? (size_t)(stop + 1 - text->bytes) : text->length;
        if (next > output_bytes_max) break;
        length = next;
        lines++;
    }
    // One long line is cut inside, before a character.
    if (!length && text->length) length = output_bytes_max;
    while (length < text->length && length && (text->bytes[length] & 0xc0) == 0x80) length--;
    if (length < text->length) {
        text->length = length;
        buffer_text(text, "\xe2\x80\xa6");
        report_warning(WARNING_TEXT_SHORTENED, 0);
    }
    write_code(text);
}

/// Writes the most readable form of a result. The description of a picture is not text.
static void write_result(struct json data) {
    struct buffer text = {0};
    struct json picture;
    bool is_picture = json_member(data, "image/png", &picture) ||
        json_member(data, "image/jpeg", &picture) || json_member(data, "image/svg+xml", &picture);
    if (append_member(data, "text/markdown", &text) && text.length <= page_bytes_max) {
        write_markdown(&text);
        buffer_free(&text);
        return;
    }
    buffer_clear(&text);
    bool is_page = append_member(data, "text/html", &text) && text.length <= page_bytes_max &&
        strcasestr(buffer_cstring(&text), "<table");
    if (is_page) {
        html_read(&text, "utf-8");
    } else if (!is_picture) {
        buffer_clear(&text);
        append_member(data, "text/plain", &text);
        write_output(&text);
    }
    buffer_free(&text);
}

static void write_error(struct json output) {
    struct buffer text = {0};
    append_member(output, "ename", &text);
    buffer_text(&text, ": ");
    append_member(output, "evalue", &text);
    write_output(&text);
    buffer_free(&text);
}

static void write_outputs(struct json outputs) {
    struct json_items items = json_items(outputs);
    struct buffer text = {0};
    while (json_next(&items)) {
        struct json data;
        if (!json_is_object(items.value)) continue;
        buffer_clear(&text);
        if (member_equals(items.value, "output_type", "error") ||
            member_equals(items.value, "output_type", "pyerr")) write_error(items.value);
        else if (json_member(items.value, "data", &data)) write_result(data);
        else if (append_member(items.value, "text", &text)) write_output(&text);
    }
    buffer_free(&text);
}

static void write_cell(struct json cell) {
    struct buffer text = {0};
    struct json outputs;
    if (!append_member(cell, "source", &text)) append_member(cell, "input", &text);
    if (member_equals(cell, "cell_type", "markdown")) {
        write_markdown(&text);
    } else if (member_equals(cell, "cell_type", "code")) {
        write_code_in(language, &text);
        if (json_member(cell, "outputs", &outputs) && json_is_array(outputs)) {
            write_outputs(outputs);
        }
    } else if (member_equals(cell, "cell_type", "heading")) {
        struct json level;
        bool has_level = json_member(cell, "level", &level);
        write_heading(has_level ? *level.at - '0' : 1, &text);
    } else {
        write_paragraphs(&text);
    }
    buffer_free(&text);
}

static void write_cells(struct json notebook) {
    struct json cells;
    if (!json_member(notebook, "cells", &cells) || !json_is_array(cells)) return;
    struct json_items items = json_items(cells);
    while (json_next(&items)) write_cell(items.value);
}

void parse_notebook(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    const char *end = document->bytes + document->length;
    if (!json_check(document->bytes, end)) {
        fail(FAILURE_MALFORMED, "the notebook is not valid JSON");
    }
    struct json notebook = json_value(document->bytes, end), sheets;
    read_language(notebook);
    write_cells(notebook);
    if (!json_member(notebook, "worksheets", &sheets) || !json_is_array(sheets)) return;
    struct json_items items = json_items(sheets);
    while (json_next(&items)) write_cells(items.value);
}
