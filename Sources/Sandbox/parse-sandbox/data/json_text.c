// JSON and JSON Lines as text: `key: value` lines with paths, and tables of uniform records. The
// records of an array or a file are separated by blank lines.
#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "formats.h"
#include "json_table.h"
#include "report.h"
#include "writer.h"

/// The names on the way to the current value, and lines that have not been written.
static struct buffer path, lines;

static void write_value(struct json value);

static void flush(void) {
    write_paragraph(&lines);
    buffer_clear(&lines);
}

static void append_label(struct buffer *text) {
    buffer_append(text, path.bytes, path.length);
    if (path.length) buffer_text(text, ": ");
}

/// Adds a line, or paragraphs if the text has several.
static void add_text(struct buffer *text) {
    struct buffer labelled = {0};
    append_label(&labelled);
    buffer_append(&labelled, text->bytes, text->length);
    if (memchr(labelled.bytes, '\n', labelled.length)) {
        flush();
        write_paragraphs(&labelled);
    } else {
        buffer_append(&lines, labelled.bytes, labelled.length);
        buffer_byte(&lines, '\n');
    }
    buffer_free(&labelled);
}

static void write_scalar(struct json value) {
    if (json_is_null(value)) return;
    if (json_is_data(value)) {
        report_warning(WARNING_TEXT_SHORTENED, 0);
        return;
    }
    struct buffer text = {0};
    json_append(value, &text);
    if (text.length) add_text(&text);
    buffer_free(&text);
}

static void write_object(struct json object) {
    struct json_items members = json_items(object);
    size_t length = path.length;
    while (json_next(&members)) {
        if (length) buffer_byte(&path, '.');
        json_append(members.key, &path);
        // A member that holds others is a block of its own, if it is not inside another.
        bool is_block = !length && !json_is_scalar(members.value);
        if (is_block) flush();
        write_value(members.value);
        if (is_block) flush();
        path.length = length;
    }
}

static void write_elements(struct json_items items) {
    size_t length = path.length;
    for (long index = 1; json_next(&items); index++) {
        char mark[32];
        snprintf(mark, sizeof mark, " %ld", index);
        if (length) buffer_text(&path, mark);
        write_value(items.value);
        path.length = length;
        if (!json_is_scalar(items.value)) flush();
    }
}

static void write_value(struct json value) {
    if (json_is_object(value)) {
        write_object(value);
    } else if (json_is_scalar(value)) {
        write_scalar(value);
    } else if (path.length && json_is_flat(value)) {
        struct buffer text = {0};
        json_append_list(value, &text);
        if (text.length) add_text(&text);
        buffer_free(&text);
    } else {
        flush();
        struct json_items items = json_items(value);
        if (!json_write_table(items, &path)) write_elements(items);
    }
}

/// Whether the text from `at` on is values after each other, as one is in JSON.
static bool are_values(const char *at, const char *end) {
    do {
        at = json_check(at, end);
        if (!at) return false;
        while (at < end && strchr(" \t\r\n\x1e", *at) && *at) at++;
    } while (at < end);
    return true;
}

/// Cuts the lines that are not JSON out of JSON Lines. Returns false if most lines are not.
static bool cut_invalid_lines(struct buffer *document, struct buffer *invalid) {
    char *end = document->bytes + document->length;
    long valid = 0, cut = 0;
    for (char *at = document->bytes; at < end;) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        size_t length = (size_t)(stop - at);
        bool is_blank = strspn(at, " \t\r\n\x1e") >= length;
        if (!is_blank && !are_values(at, stop)) {
            buffer_append(invalid, at, length);
            buffer_byte(invalid, '\n');
            memset(at, ' ', length);
            cut++;
        } else if (!is_blank) {
            valid++;
        }
        at = stop + (stop < end);
    }
    return valid > cut;
}

static void write_document(const struct buffer *document) {
    struct json_items items = {
        .at = document->bytes, .end = document->bytes + document->length, .key = {"", ""}};
    struct json_items rest = items;
    if (json_next(&rest) && !json_next(&rest)) write_value(rest.value);
    else if (!json_write_table(items, &path)) write_elements(items);
    flush();
}

void parse_json(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    struct buffer invalid = {0}, whole = {0};
    bool is_valid = are_values(document->bytes, document->bytes + document->length);
    if (!is_valid) {
        report_warning(WARNING_STRUCTURE_INVALID, 0);
        buffer_append(&whole, document->bytes, document->length);
        is_valid = cut_invalid_lines(document, &invalid);
    }
    if (is_valid) {
        write_document(document);
        write_paragraphs(&invalid);
    } else {
        write_verbatim(whole.bytes, whole.length);
    }
    buffer_free(&invalid);
    buffer_free(&whole);
}
