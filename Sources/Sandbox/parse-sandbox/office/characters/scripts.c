#include "scripts.h"

#include <ctype.h>
#include <string.h>

#include "encoding.h"

/// Longer text is not an exponent or index, but a sentence that is set high.
enum { script_bytes_max = 24 };

static const uint32_t super_digits[] = {
    0x2070, 0xb9, 0xb2, 0xb3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079};

/// The character in its raised or lowered form; 0 if there is none.
static uint32_t placed(int32_t scalar, int position) {
    if (scalar >= '0' && scalar <= '9') {
        return position > 0 ? super_digits[scalar - '0'] : 0x2080 + (uint32_t)(scalar - '0');
    }
    uint32_t base = position > 0 ? 0x207a : 0x208a;
    switch (scalar) {
    case '+': return base;
    case '-':
    case 0x2010:
    case 0x2013:
    case 0x2212: return base + 1;
    case '=': return base + 2;
    case '(': return base + 3;
    case ')': return base + 4;
    case ',':
    case ' ': return (uint32_t)scalar;
    default: return 0;
    }
}

/// A single letter in its raised or lowered form; 0 if there is none.
static uint32_t placed_letter(int32_t scalar, int position) {
    static const struct { char letter; uint32_t lowered; } letters[] = {
        {'a', 0x2090}, {'e', 0x2091}, {'h', 0x2095}, {'i', 0x1d62}, {'j', 0x2c7c},
        {'k', 0x2096}, {'l', 0x2097}, {'m', 0x2098}, {'n', 0x2099}, {'o', 0x2092},
        {'p', 0x209a}, {'r', 0x1d63}, {'s', 0x209b}, {'t', 0x209c}, {'u', 0x1d64},
        {'v', 0x1d65}, {'x', 0x2093},
    };
    if (position > 0) return scalar == 'n' ? 0x207f : scalar == 'i' ? 0x2071 : 0;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (scalar == letters[i].letter) return letters[i].lowered;
    }
    return 0;
}

/// Appends the text if Unicode has all of it. Returns whether it has.
static bool append_placed(struct buffer *target, const char *text, size_t size, int position) {
    size_t start = target->length, length;
    for (const char *at = text, *end = text + size; at < end; at += length) {
        int32_t scalar = utf8_scalar(at, end, &length);
        uint32_t there = placed(scalar, position);
        if (!there && size == 1) there = placed_letter(scalar, position);
        if (!there) {
            target->length = start;
            return false;
        }
        buffer_scalar(target, there);
    }
    return true;
}

/// Whether the letters end a number, as in 1st and 2e, or are a mark such as TM.
static bool is_plain(const struct buffer *target, const char *text, size_t size) {
    bool is_mark = size == 2 && isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]);
    bool is_letter = true, is_ascii = true;
    for (size_t i = 0; i < size; i++) {
        is_ascii &= (unsigned char)text[i] < 0x80;
        is_letter &= isalpha((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80;
    }
    bool follows_digit = target->length &&
        isdigit((unsigned char)target->bytes[target->length - 1]);
    bool is_suffix = follows_digit && is_letter && size >= 2 && size <= 4;
    return is_suffix || is_mark || !is_ascii;
}

void append_script(struct buffer *target, const struct buffer *script, int position) {
    const char *text = script->bytes;
    size_t size = script->length;
    while (size && isspace((unsigned char)*text)) {
        buffer_byte(target, *text++);
        size--;
    }
    size_t blanks = 0;
    while (size && isspace((unsigned char)text[size - 1])) size--, blanks++;
    bool is_plain_text = !size || size > script_bytes_max || memchr(text, '\n', size);
    if (!is_plain_text && !append_placed(target, text, size, position)) {
        bool is_symbol = size == 1 && !isalnum((unsigned char)*text);
        is_plain_text = is_symbol || (position > 0 && is_plain(target, text, size));
        if (!is_plain_text) {
            buffer_text(target, position > 0 ? "^{" : "_{");
            buffer_append(target, text, size);
            buffer_byte(target, '}');
        }
    }
    if (is_plain_text) buffer_append(target, text, size);
    buffer_append(target, text + size, blanks);
}
