#include "blocks.h"

#include <ctype.h>

#include "writer.h"

/// Lines of code that wait for further ones.
static struct buffer code;
static bool has_code;
/// The level of the first item of the list that is being written; 0 outside lists.
static int list_base;

void blocks_flush(void) {
    if (has_code) write_code(&code);
    buffer_clear(&code);
    has_code = false;
    list_base = 0;
}

static bool is_blank(const struct buffer *text) {
    for (size_t i = 0; i < text->length; i++) {
        if (!isspace((unsigned char)text->bytes[i])) return false;
    }
    return true;
}

static void append_code(const struct paragraph *paragraph) {
    if (has_code) buffer_byte(&code, '\n');
    buffer_append(&code, paragraph->text.bytes, paragraph->text.length);
    buffer_append(&code, paragraph->asides.bytes, paragraph->asides.length);
    has_code = true;
}

/// Inserts the number before the text.
static void prepend_label(struct paragraph *paragraph) {
    if (!paragraph->label.length) return;
    struct buffer whole = {0};
    buffer_append(&whole, paragraph->label.bytes, paragraph->label.length);
    buffer_byte(&whole, ' ');
    buffer_append(&whole, paragraph->text.bytes, paragraph->text.length);
    buffer_free(&paragraph->text);
    paragraph->text = whole;
}

static void write_listed(struct paragraph *paragraph) {
    // A list may begin at an inner level, whose indent would read as code.
    if (!list_base || paragraph->list_level < list_base) list_base = paragraph->list_level;
    if (!paragraph->ordinal) prepend_label(paragraph);
    write_item(paragraph->list_level - list_base + 1, paragraph->ordinal, &paragraph->text);
}

void block_write(struct paragraph *paragraph) {
    paragraph_end(paragraph);
    bool is_empty = is_blank(&paragraph->text);
    if (paragraph->is_code || (has_code && is_empty && !paragraph->asides.length)) {
        append_code(paragraph);
        return;
    }
    if (is_empty && !paragraph->asides.length) return;
    if (!paragraph->list_level || has_code) blocks_flush();
    if (paragraph->heading) {
        prepend_label(paragraph);
        if (!is_empty) write_heading(paragraph->heading, &paragraph->text);
        write_paragraph(&paragraph->asides);
        return;
    }
    if (is_empty) buffer_clear(&paragraph->label);
    buffer_append(&paragraph->text, paragraph->asides.bytes, paragraph->asides.length);
    if (paragraph->list_level) {
        write_listed(paragraph);
    } else {
        prepend_label(paragraph);
        write_paragraph(&paragraph->text);
    }
}

void block_append(struct buffer *target, struct paragraph *paragraph) {
    paragraph_end(paragraph);
    if (!is_blank(&paragraph->text)) prepend_label(paragraph);
    buffer_append(target, paragraph->text.bytes, paragraph->text.length);
    buffer_append(target, paragraph->asides.bytes, paragraph->asides.length);
    buffer_byte(target, '\n');
}
