#include "exif.h"

#include <string.h>

struct bytes { const uint8_t *at; size_t length; };

static uint32_t number(struct bytes bytes, size_t at, int width, bool little) {
    uint32_t value = 0;
    if (at > bytes.length || bytes.length - at < (size_t)width) return 0;
    for (int i = 0; i < width; i++) {
        value |= (uint32_t)bytes.at[at + (size_t)i] << 8 * (little ? i : width - 1 - i);
    }
    return value;
}

static struct bytes part(struct bytes bytes, size_t at, size_t length) {
    if (at > bytes.length) at = bytes.length;
    if (length > bytes.length - at) length = bytes.length - at;
    return (struct bytes){bytes.at + at, length};
}

static bool begins(struct bytes bytes, size_t at, const char *text, size_t length) {
    return at <= bytes.length && bytes.length - at >= length &&
        !memcmp(bytes.at + at, text, length);
}

/// Reads the orientation in an EXIF block, which is the start of a TIFF file.
static int orientation_in(struct bytes exif) {
    enum { entries_most = 200, orientation = 0x0112 };
    bool little = begins(exif, 0, "II*\0", 4);
    if (!little && !begins(exif, 0, "MM\0*", 4)) return 1;
    size_t directory = number(exif, 4, 4, little);
    uint32_t entries = number(exif, directory, 2, little);
    for (uint32_t i = 0; i < entries && i < entries_most; i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        if (number(exif, entry, 2, little) != orientation) continue;
        uint32_t value = number(exif, entry + 8, 2, little);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

static int of_jpeg(struct bytes file) {
    for (size_t at = 2; at + 4 <= file.length && file.at[at] == 0xff;) {
        uint8_t marker = file.at[at + 1];
        size_t length = number(file, at + 2, 2, false);
        if (marker == 0xda || length < 2) break;
        struct bytes segment = part(file, at + 4, length - 2);
        if (marker == 0xe1 && begins(segment, 0, "Exif\0\0", 6)) {
            return orientation_in(part(segment, 6, segment.length));
        }
        at += 2 + length;
    }
    return 1;
}

/// Finds a chunk of a WebP or PNG file.
static struct bytes chunk(struct bytes file, const char *name, size_t first, bool webp) {
    for (size_t at = first; at + 8 <= file.length;) {
        size_t length = number(file, at + (webp ? 4 : 0), 4, webp);
        if (begins(file, at + (webp ? 0 : 4), name, 4)) return part(file, at + 8, length);
        if (length > file.length) break;
        at += 8 + length + (webp ? length & 1 : 4);
    }
    return (struct bytes){file.at, 0};
}

int exif_orientation(const struct buffer *buffer) {
    struct bytes file = {(const uint8_t *)buffer->bytes, buffer->length};
    if (begins(file, 0, "\xff\xd8", 2)) return of_jpeg(file);
    if (begins(file, 0, "\x89PNG", 4)) return orientation_in(chunk(file, "eXIf", 8, false));
    if (begins(file, 0, "RIFF", 4) && begins(file, 8, "WEBP", 4)) {
        struct bytes exif = chunk(file, "EXIF", 12, true);
        // Some programs begin the chunk as a segment of JPEG.
        return orientation_in(part(exif, begins(exif, 0, "Exif\0\0", 6) ? 6 : 0, exif.length));
    }
    return 1;
}
