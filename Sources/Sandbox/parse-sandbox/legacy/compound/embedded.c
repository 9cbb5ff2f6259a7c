#include "embedded.h"

#include <string.h>

#include "code_page.h"
#include "compound_directory.h"
#include "report.h"
#include "writer.h"

enum { code_page = 1252 };

/// The text up to a NUL. Advances past it.
static struct view take_string(struct view bytes, size_t *at) {
    struct view rest = view_from(bytes, *at);
    const unsigned char *end = rest.length ? memchr(rest.bytes, 0, rest.length) : NULL;
    size_t length = end ? (size_t)(end - rest.bytes) : rest.length;
    *at += length + 1;
    return view_part(rest, 0, length);
}

/// Adds a file of another program, which is stored with its name.
static void add_native(struct view bytes) {
    // Length, version, name, path, two numbers, another path with its length, length, content.
    size_t at = 6;
    struct view label = take_string(bytes, &at);
    take_string(bytes, &at);
    at += 4;
    at += 4 + (size_t)view_u32(bytes, at);
    struct view content = view_part(bytes, at + 4, view_u32(bytes, at));
    struct buffer name = {0};
    append_code_page(&name, label, code_page);
    if (content.length) write_file(buffer_cstring(&name), content.bytes, content.length);
    else report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
    buffer_free(&name);
}

static void add(uint32_t storage) {
    struct buffer bytes = {0};
    if (compound_read_named(storage, "Package", &bytes)) {
        write_file("", bytes.bytes, bytes.length);
    } else if (compound_read_named(storage, "\1Ole10Native", &bytes)) {
        add_native(view_of(&bytes));
    } else {
        report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
    }
    buffer_free(&bytes);
}

void embedded_files(uint32_t parent, const char *prefix) {
    if (parent == COMPOUND_NONE) return;
    uint32_t entry = compound_first(parent);
    for (; entry != COMPOUND_NONE; entry = compound_next(entry)) {
        bool is_storage = directory_entry(entry).kind == DIRECTORY_STORAGE;
        if (is_storage && compound_has_prefix(entry, prefix)) add(entry);
    }
}
