#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"

void *checked_realloc(void *memory, size_t count, size_t size) {
    void *grown = reallocarray(memory, count ? count : 1, size);
    if (!grown) fail(FAILURE_TOO_LARGE, "the document needs more memory than the limit");
    return grown;
}

char *checked_copy(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(checked_realloc(NULL, size, 1), text, size);
}

void buffer_reserve(struct buffer *buffer, size_t extra) {
    if (buffer->capacity - buffer->length > extra) return;
    size_t wanted = buffer->length + extra + 1;
    if (wanted < extra) fail(FAILURE_TOO_LARGE, "the document is too large");
    size_t grown = buffer->capacity + buffer->capacity / 2 + 256;
    buffer->capacity = grown > wanted ? grown : wanted;
    buffer->bytes = checked_realloc(buffer->bytes, buffer->capacity, 1);
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length) {
    if (!length) return;
    buffer_reserve(buffer, length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

void buffer_text(struct buffer *buffer, const char *text) {
    buffer_append(buffer, text, strlen(text));
}

void buffer_byte(struct buffer *buffer, char byte) {
    buffer_reserve(buffer, 1);
    buffer->bytes[buffer->length++] = byte;
}

void buffer_scalar(struct buffer *buffer, uint32_t scalar) {
    if (scalar > 0x10ffff || (scalar >= 0xd800 && scalar < 0xe000)) scalar = 0xfffd;
    if (scalar < 0x80) {
        buffer_byte(buffer, (char)scalar);
        return;
    }
    if (scalar < 0x800) {
        buffer_byte(buffer, (char)(0xc0 | scalar >> 6));
    } else {
        if (scalar < 0x10000) {
            buffer_byte(buffer, (char)(0xe0 | scalar >> 12));
        } else {
            buffer_byte(buffer, (char)(0xf0 | scalar >> 18));
            buffer_byte(buffer, (char)(0x80 | (scalar >> 12 & 63)));
        }
        buffer_byte(buffer, (char)(0x80 | (scalar >> 6 & 63)));
    }
    buffer_byte(buffer, (char)(0x80 | (scalar & 63)));
}

void buffer_clear(struct buffer *buffer) { buffer->length = 0; }

void buffer_free(struct buffer *buffer) {
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

const char *buffer_cstring(struct buffer *buffer) {
    buffer_reserve(buffer, 1);
    buffer->bytes[buffer->length] = 0;
    return buffer->bytes;
}

/// Length of the blank at `at` (an ASCII blank or the no-break space); 0 if there is none.
static size_t blank_length(const char *at, const char *end) {
    if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\v' || *at == '\f') return 1;
    bool no_break = end - at > 1 && at[0] == (char)0xc2 && at[1] == (char)0xa0;
    return no_break ? 2 : 0;
}

static void collapse(struct buffer *buffer, bool keep_lines, bool keep_pages) {
    if (!buffer->length) return;
    char *to = buffer->bytes;
    const char *at = buffer->bytes, *end = at + buffer->length;
    /// The blank that the current run becomes, or 0.
    char blank = 0;
    while (at < end) {
        size_t length = blank_length(at, end);
        if (length) {
            bool page = keep_pages && *at == '\f';
            if (!blank || page) blank = page ? '\f' : ' ';
            at += length;
        } else if (*at == '\n') {
            if (blank != '\f') blank = keep_lines ? '\n' : ' ';
            at++;
        } else {
            if (blank && to > buffer->bytes) *to++ = blank;
            blank = 0;
            *to++ = *at++;
        }
    }
    buffer->length = (size_t)(to - buffer->bytes);
}

void buffer_collapse(struct buffer *buffer, bool keep_lines) {
    collapse(buffer, keep_lines, false);
}

void buffer_collapse_pages(struct buffer *buffer, bool keep_lines) {
    collapse(buffer, keep_lines, true);
}
