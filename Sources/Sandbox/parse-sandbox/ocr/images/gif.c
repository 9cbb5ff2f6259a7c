#include "gif.h"

#include <string.h>

/// Bytes of the color table that a flags byte announces.
static size_t table_size(uint8_t flags) {
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/// The end of a sequence of blocks that each begin with their length; 0 if it is cut off.
static size_t skip_blocks(const uint8_t *bytes, size_t length, size_t at) {
    while (at < length) {
        size_t size = bytes[at++];
        if (!size) return at;
        at += size;
    }
    return 0;
}

size_t gif_first_frame(const struct buffer *file, int *width, int *height) {
    const uint8_t *bytes = (const uint8_t *)file->bytes;
    size_t length = file->length, at = 13;
    if (length < at || memcmp(bytes, "GIF8", 4)) return 0;
    at += table_size(bytes[10]);
    while (at + 11 <= length) {
        if (bytes[at] == 0x2c) {
            *width = bytes[at + 5] | bytes[at + 6] << 8;
            *height = bytes[at + 7] | bytes[at + 8] << 8;
            return skip_blocks(bytes, length, at + 11 + table_size(bytes[at + 9]));
        }
        if (bytes[at] != 0x21) return 0;
        at = skip_blocks(bytes, length, at + 2);
        if (!at) return 0;
    }
    return 0;
}
