// Content-Transfer-Encoding. Damaged data is decoded as far as possible.
#include <string.h>

#include "encoding.h"
#include "mail.h"

static int sextet(unsigned char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

void decode_base64(struct span text, struct buffer *bytes) {
    unsigned value = 0, count = 0;
    buffer_reserve(bytes, (size_t)(text.end - text.at) / 4 * 3 + 3);
    for (const char *at = text.at; at < text.end; at++) {
        int six = sextet((unsigned char)*at);
        if (*at == '=') {
            // Padding ends a piece; another may follow where pieces were joined.
            count = 0;
        } else if (six >= 0) {
            value = value << 6 | (unsigned)six;
            count = (count + 1) % 4;
            if (count == 2) buffer_byte(bytes, (char)(value >> 4));
            else if (count == 3) buffer_byte(bytes, (char)(value >> 2));
            else if (count == 0) buffer_byte(bytes, (char)value);
        }
    }
}

static void decode_quoted_printable(struct span text, struct buffer *bytes) {
    for (const char *at = text.at; at < text.end; at++) {
        if (*at != '=') {
            buffer_byte(bytes, *at);
            continue;
        }
        const char *next = at + 1;
        int high = next < text.end ? hex_digit(*next) : -1;
        int low = text.end - next > 1 ? hex_digit(next[1]) : -1;
        if (high >= 0 && low >= 0) {
            buffer_byte(bytes, (char)(high << 4 | low));
            at = next + 1;
            continue;
        }
        // A soft line break; blanks may follow the mark.
        while (next < text.end && (*next == ' ' || *next == '\t' || *next == '\r')) next++;
        if (next == text.end || *next == '\n') at = next;
        else buffer_byte(bytes, '=');
    }
}

void decode_uuencoded_line(struct span line, struct buffer *bytes) {
    line = trimmed(line);
    if (line.at == line.end) return;
    size_t count = (size_t)(*line.at - ' ') & 63;
    size_t start = bytes->length;
    for (const char *at = line.at + 1; at < line.end && bytes->length < start + count; at += 4) {
        unsigned value = 0;
        for (int i = 0; i < 4; i++) {
            unsigned char c = at + i < line.end ? (unsigned char)at[i] : ' ';
            value = value << 6 | ((c - ' ') & 63u);
        }
        buffer_byte(bytes, (char)(value >> 16));
        buffer_byte(bytes, (char)(value >> 8));
        buffer_byte(bytes, (char)value);
    }
    if (bytes->length > start + count) bytes->length = start + count;
}

static void decode_uuencoded(struct span text, struct buffer *bytes) {
    struct span line;
    bool begun = false;
    while (next_line(&text, &line)) {
        size_t length = (size_t)(line.end - line.at);
        if (!begun) begun = length > 6 && !memcmp(line.at, "begin ", 6);
        else if (length >= 3 && !memcmp(line.at, "end", 3)) return;
        else decode_uuencoded_line(line, bytes);
    }
}

void decode_body(const struct entity *entity, struct buffer *bytes) {
    struct buffer encoding = {0};
    header_value(entity, "Content-Transfer-Encoding", &encoding);
    const char *name = buffer_cstring(&encoding);
    buffer_clear(bytes);
    if (!strncasecmp(name, "base64", 6)) decode_base64(entity->body, bytes);
    else if (!strncasecmp(name, "quoted", 6)) decode_quoted_printable(entity->body, bytes);
    else if (strcasestr(name, "uue")) decode_uuencoded(entity->body, bytes);
    else buffer_append(bytes, entity->body.at, (size_t)(entity->body.end - entity->body.at));
    buffer_cstring(bytes);
    buffer_free(&encoding);
}

void decode_text_body(const struct entity *entity, struct buffer *text) {
    struct buffer header = {0}, charset = {0};
    header_value(entity, "Content-Type", &header);
    header_parameter(&header, "charset", &charset);
    decode_body(entity, text);
    decode_named(text, buffer_cstring(&charset));
    buffer_free(&header);
    buffer_free(&charset);
}

void decode_wide(struct buffer *document) {
    // Headers are ASCII, so one NUL in the first characters shows UTF-16 or UTF-32.
    size_t window = document->length < 8 ? document->length : 8;
    if (memchr(document->bytes, 0, window)) decode_text(document, NULL);
}
