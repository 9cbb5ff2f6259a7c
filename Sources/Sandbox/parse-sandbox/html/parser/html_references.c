// Character references: by number, or by one of the 2,125 names of the HTML standard.
#include <string.h>

#include "html_tokens.h"

static const char entities[] =
#include "html_entities.inc"
    ;

enum { name_bytes_max = 31, legacy_bytes_max = 6 };

static bool is_alphanumeric(char c) {
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
}

/// The entry of a name, at the separator after the name; NULL if there is none.
static const char *find(const char *name, size_t length) {
    const char *low = entities, *high = entities + sizeof entities - 1;
    while (low < high) {
        const char *middle = low + (high - low) / 2;
        while (middle > low && middle[-1]) middle--;
        size_t size = strcspn(middle, "\t\v");
        int order = memcmp(name, middle, length < size ? length : size);
        if (!order) order = (length > size) - (length < size);
        if (!order) return middle + size;
        if (order < 0) high = middle;
        else low = middle + strlen(middle) + 1;
    }
    return NULL;
}

/// Appends a numeric reference, at its digits. Returns the position after it; NULL if it has none.
static const char *append_number(struct buffer *buffer, const char *at, const char *end) {
    // Numbers of the C1 controls mean characters of Windows-1252.
    static const uint16_t windows[32] = {
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160,
        0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
        0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
    };
    bool hexadecimal = at < end && (*at | 0x20) == 'x';
    const char *digits = at + hexadecimal;
    uint32_t scalar = 0;
    for (at = digits; at < end; at++) {
        char c = (char)(*at | 0x20);
        bool is_digit = *at >= '0' && *at <= '9';
        if (!is_digit && !(hexadecimal && c >= 'a' && c <= 'f')) break;
        uint32_t digit = (uint32_t)(is_digit ? *at - '0' : c - 'a' + 10);
        if (scalar < 0x110000) scalar = scalar * (hexadecimal ? 16 : 10) + digit;
    }
    if (at == digits) return NULL;
    if (scalar >= 0x80 && scalar < 0xa0) scalar = windows[scalar - 0x80];
    buffer_scalar(buffer, scalar ? scalar : 0xfffd);
    return at < end && *at == ';' ? at + 1 : at;
}

/// Appends a named reference, at its name. Returns the position after it; NULL if it is not one.
static const char *append_named(struct buffer *buffer, const char *at, const char *end,
                                bool is_attribute) {
    size_t length = 0, most = (size_t)(end - at);
    while (length < most && length <= name_bytes_max && is_alphanumeric(at[length])) length++;
    bool is_closed = length < most && at[length] == ';';
    const char *entry = is_closed ? find(at, length) : NULL;
    if (entry) {
        buffer_text(buffer, entry + 1);
        return at + length + 1;
    }
    // Some names of old may lack their semicolon, and then count in the middle of a word, too.
    for (size_t i = length < legacy_bytes_max ? length : legacy_bytes_max; i > 1; i--) {
        entry = find(at, i);
        if (!entry || *entry != '\v') continue;
        bool continues = i < most && (is_alphanumeric(at[i]) || at[i] == '=');
        if (is_attribute && continues) return NULL;
        buffer_text(buffer, entry + 1);
        return at + i;
    }
    return NULL;
}

void html_append(struct buffer *buffer, struct html_slice text, bool is_attribute) {
    const char *at = text.at, *end = at + text.length;
    for (const char *mark; at < end && (mark = memchr(at, '&', (size_t)(end - at)));) {
        buffer_append(buffer, at, (size_t)(mark - at));
        at = mark + 1;
        const char *next = at < end && *at == '#' ? append_number(buffer, at + 1, end)
                                                  : append_named(buffer, at, end, is_attribute);
        if (next) at = next;
        else buffer_byte(buffer, '&');
    }
    if (at < end) buffer_append(buffer, at, (size_t)(end - at));
}
