// A growable byte buffer. Running out of memory ends the process with `too_large`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *bytes;
    size_t length;
    size_t capacity;
};

/// Reserves room for `extra` more bytes.
void buffer_reserve(struct buffer *buffer, size_t extra);
void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_byte(struct buffer *buffer, char byte);
/// Appends a scalar value as UTF-8; surrogates and other non-scalars become U+FFFD.
void buffer_scalar(struct buffer *buffer, uint32_t scalar);
void buffer_clear(struct buffer *buffer);
void buffer_free(struct buffer *buffer);
/// The bytes as a C string, valid until the next change.
const char *buffer_cstring(struct buffer *buffer);

/// Turns text into one paragraph. Runs of blanks become one space, lines are trimmed and blank
/// lines are dropped. Line breaks are kept if `keep_lines`; otherwise they become spaces.
void buffer_collapse(struct buffer *buffer, bool keep_lines);
/// The same, but a run of blanks with a form feed becomes the form feed.
void buffer_collapse_pages(struct buffer *buffer, bool keep_lines);

/// `reallocarray` and `strdup` that never return NULL.
void *checked_realloc(void *memory, size_t count, size_t size);
char *checked_copy(const char *text);
