// Tar archives in the formats ustar, GNU and pax. libarchive would bring ten further formats and
// their decoders into the sandbox; the header of an entry is a block of text.
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "files.h"
#include "formats.h"
#include "report.h"

enum { block = 512, name_bytes_max = 4096 };

/// A number of `length` bytes: octal digits, or binary if the first bit is set.
static size_t number(const unsigned char *at, size_t length) {
    size_t value = 0;
    if (*at & 0x80) {
        for (size_t i = length - 8; i < length; i++) value = value << 8 | at[i];
        return value;
    }
    for (size_t i = 0; i < length && (at[i] == ' ' || (at[i] >= '0' && at[i] <= '7')); i++) {
        if (at[i] != ' ') value = value << 3 | (size_t)(at[i] - '0');
    }
    return value;
}

static bool is_header(const unsigned char *at) {
    size_t sum = 0;
    for (size_t i = 0; i < block; i++) sum += i >= 148 && i < 156 ? ' ' : at[i];
    return sum > 8 * ' ' && number(at + 148, 8) == sum;
}

bool is_tar(const struct buffer *document) {
    return document->length >= block && is_header((const unsigned char *)document->bytes);
}

/// Appends the name in the header, after its prefix if it has one.
static void append_name(const char *header, struct buffer *name) {
    bool has_prefix = !memcmp(header + 257, "ustar", 6) && header[345];
    if (has_prefix) {
        buffer_append(name, header + 345, strnlen(header + 345, 155));
        buffer_byte(name, '/');
    }
    buffer_append(name, header, strnlen(header, 100));
}

/// Reads `path` out of the records `length key=value\n` of a pax header.
static void read_pax(const char *at, size_t length, struct buffer *name) {
    const char *end = at + length;
    while (at < end) {
        char *rest;
        size_t size = strtoul(at, &rest, 10);
        if (rest == at || *rest != ' ' || !size || size > (size_t)(end - at)) return;
        const char *stop = at + size;
        bool is_path = stop - rest > 7 && !memcmp(rest, " path=", 6);
        if (is_path) {
            buffer_clear(name);
            buffer_append(name, rest + 6, (size_t)(stop - 1 - (rest + 6)));
        }
        at = stop;
    }
}

void tar_read(const struct buffer *document) {
    const char *at = document->bytes, *end = at + document->length;
    struct buffer name = {0};
    for (long count = 1; end - at >= block && *at; count++) {
        file_check_count(count);
        size_t left = (size_t)(end - at) - block;
        size_t size = number((const unsigned char *)at + 124, 12);
        if (!is_header((const unsigned char *)at) || size > left) {
            report_warning(WARNING_PART_UNSUPPORTED, 0);
            break;
        }
        const char *content = at + block;
        char type = at[156];
        if (type == 'L') {
            buffer_clear(&name);
            buffer_append(&name, content, strnlen(content, size < name_bytes_max ? size : 0));
        } else if (type == 'x') {
            read_pax(content, size, &name);
        } else if (type != 'g' && type != 'K') {
            if (!name.length) append_name(at, &name);
            bool is_file = type == '0' || type == 0 || type == '7';
            bool is_wanted = type != '5' && file_is_wanted(buffer_cstring(&name));
            if (is_wanted && is_file) file_add(name.bytes, content, size);
            else if (is_wanted) file_skip();
            buffer_clear(&name);
        }
        size_t padded = (size + block - 1) / block * block;
        at = content + (padded < left ? padded : left);
    }
    buffer_free(&name);
}

void parse_tar(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    if (!is_tar(document)) fail(FAILURE_MALFORMED, "the archive has no valid header");
    tar_read(document);
}
