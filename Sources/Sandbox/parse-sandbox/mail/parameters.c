// Parameters of headers, such as `charset` and `filename`, also in several pieces and with a
// charset (RFC 2231), and with encoded words, which the standards forbid and mail programs write.
#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "mail.h"

/// A parameter in more pieces is cut.
enum { pieces_max = 64 };

/// Reads the value after `=`. Returns its end.
static const char *read_value(const char *at, const char *end, struct buffer *value) {
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    if (at < end && *at == '"') {
        for (at++; at < end && *at != '"'; at++) {
            if (*at == '\\' && at + 1 < end) at++;
            buffer_byte(value, *at);
        }
        return at < end ? at + 1 : end;
    }
    const char *start = at;
    while (at < end && *at != ';') at++;
    struct span bare = trimmed((struct span){start, at});
    buffer_append(value, bare.at, (size_t)(bare.end - bare.at));
    return at;
}

/// Appends the value of the parameter of exactly this name. Returns whether there is one.
static bool find(const struct buffer *header, const char *name, struct buffer *value) {
    const char *end = header->bytes + header->length;
    const char *at = memchr(header->bytes, ';', header->length);
    size_t length = strlen(name);
    while (at && at < end) {
        at++;
        while (at < end && strchr(" \t;", *at)) at++;
        const char *start = at;
        while (at < end && *at != '=' && *at != ';') at++;
        if (at == end || *at == ';') continue;
        struct span found = trimmed((struct span){start, at});
        size_t mark = value->length;
        at = read_value(at + 1, end, value);
        bool is_named = (size_t)(found.end - found.at) == length &&
            !strncasecmp(found.at, name, length);
        if (is_named) return true;
        value->length = mark;
        while (at < end && *at != ';') at++;
    }
    return false;
}

/// Decodes %hh from `start` on.
static void decode_percent(struct buffer *value, size_t start) {
    size_t to = start;
    for (size_t at = start; at < value->length; at++) {
        char byte = value->bytes[at];
        bool escapes = byte == '%' && at + 2 < value->length;
        int high = escapes ? hex_digit(value->bytes[at + 1]) : -1;
        int low = escapes ? hex_digit(value->bytes[at + 2]) : -1;
        if (high >= 0 && low >= 0) {
            byte = (char)(high << 4 | low);
            at += 2;
        }
        value->bytes[to++] = byte;
    }
    value->length = to;
}

/// Cuts "charset'language'" off the value.
static void cut_charset(struct buffer *value, char charset[40]) {
    char *first = value->length ? memchr(value->bytes, '\'', value->length) : NULL;
    if (!first) return;
    size_t length = (size_t)(first - value->bytes);
    char *second = memchr(first + 1, '\'', value->length - length - 1);
    if (!second) return;
    if (length < 40) {
        memcpy(charset, value->bytes, length);
        charset[length] = 0;
    }
    value->length -= (size_t)(second + 1 - value->bytes);
    memmove(value->bytes, second + 1, value->length);
}

void header_parameter(struct buffer *header, const char *name, struct buffer *value) {
    char charset[40] = "", piece[64];
    bool has_charset = false;
    buffer_clear(value);
    if (!header->length) return;
    snprintf(piece, sizeof piece, "%s*", name);
    if (find(header, piece, value)) {
        has_charset = true;
        cut_charset(value, charset);
        decode_percent(value, 0);
    } else if (!find(header, name, value)) {
        for (int i = 0; i < pieces_max; i++) {
            size_t start = value->length;
            snprintf(piece, sizeof piece, "%s*%d*", name, i);
            bool is_encoded = find(header, piece, value);
            piece[strlen(piece) - 1] = 0;
            if (!is_encoded && !find(header, piece, value)) break;
            if (is_encoded && i == 0) cut_charset(value, charset);
            if (is_encoded) decode_percent(value, start);
            has_charset |= is_encoded;
        }
    }
    if (!value->length) return;
    decode_named(value, charset);
    if (!has_charset) decode_words(value);
    buffer_cstring(value);
}
