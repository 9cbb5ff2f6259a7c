// Bytes of the document with little-endian numbers in them. Reads past the end return zero and
// parts are clipped, so that a reader of a binary format needs no check of its own.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

struct view {
    const unsigned char *bytes;
    size_t length;
};

static inline bool view_has(struct view view, size_t at, size_t length) {
    return at <= view.length && length <= view.length - at;
}

static inline uint8_t view_u8(struct view view, size_t at) {
    return view_has(view, at, 1) ? view.bytes[at] : 0;
}

static inline uint16_t view_u16(struct view view, size_t at) {
    if (!view_has(view, at, 2)) return 0;
    return (uint16_t)(view.bytes[at] | view.bytes[at + 1] << 8);
}

static inline uint32_t view_u32(struct view view, size_t at) {
    if (!view_has(view, at, 4)) return 0;
    return (uint32_t)view_u16(view, at) | (uint32_t)view_u16(view, at + 2) << 16;
}

static inline uint64_t view_u64(struct view view, size_t at) {
    if (!view_has(view, at, 8)) return 0;
    return (uint64_t)view_u32(view, at) | (uint64_t)view_u32(view, at + 4) << 32;
}

/// At most `length` bytes from `at`.
static inline struct view view_part(struct view view, size_t at, size_t length) {
    if (at > view.length) return (struct view){0};
    size_t left = view.length - at;
    return (struct view){view.bytes + at, length < left ? length : left};
}

/// Everything from `at`.
static inline struct view view_from(struct view view, size_t at) {
    return view_part(view, at, SIZE_MAX);
}

static inline struct view view_of(const struct buffer *buffer) {
    return (struct view){(const unsigned char *)buffer->bytes, buffer->length};
}
