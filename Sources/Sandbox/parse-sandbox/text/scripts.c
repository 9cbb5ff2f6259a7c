#include "scripts.h"

#include <string.h>
#include <strings.h>

/// Longer text is not an exponent or an index, but a sentence that is set high or low.
enum { script_bytes_max = 40 };

static const struct pair { char plain; const char *raised, *lowered; } pairs[] = {
    {'0', "\u2070", "\u2080"}, {'1', "\u00b9", "\u2081"}, {'2', "\u00b2", "\u2082"},
    {'3', "\u00b3", "\u2083"}, {'4', "\u2074", "\u2084"}, {'5', "\u2075", "\u2085"},
    {'6', "\u2076", "\u2086"}, {'7', "\u2077", "\u2087"}, {'8', "\u2078", "\u2088"},
    {'9', "\u2079", "\u2089"}, {'+', "\u207a", "\u208a"}, {'-', "\u207b", "\u208b"},
    {'=', "\u207c", "\u208c"}, {'(', "\u207d", "\u208d"}, {')', "\u207e", "\u208e"},
    // Letters have these forms only alone: words in them cannot be read or found.
    {'n', "\u207f", "\u2099"}, {'i', "\u2071", "\u1d62"}, {'x', NULL, "\u2093"},
    {'j', NULL, "\u2c7c"}, {'k', NULL, "\u2096"}, {'a', NULL, "\u2090"}, {'e', NULL, "\u2091"},
};

static const char *form(char plain, bool raised) {
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i].plain == plain) return raised ? pairs[i].raised : pairs[i].lowered;
    }
    return NULL;
}

/// Appends the characters' own forms. Returns false, and appends nothing, if one does not have it.
static bool append_forms(struct buffer *to, const char *at, size_t length, bool raised) {
    for (size_t i = 0; i < length; i++) {
        if (!strncmp(at + i, "\u2212", 3)) {
            buffer_text(to, form('-', raised));
            i += 2;
            continue;
        }
        bool is_letter = (at[i] | 0x20) >= 'a' && (at[i] | 0x20) <= 'z';
        const char *own = is_letter && length > 1 ? NULL : form(at[i], raised);
        if (!own) {
            buffer_clear(to);
            return false;
        }
        buffer_text(to, own);
    }
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether the raised text is read as if it were on the line.
static bool is_on_line(const char *text, size_t length, char before) {
    static const char *const endings[] = {
        "st", "nd", "rd", "th", "e", "er", "re", "ère", "ème", "o", "a", "\u00ba", "\u00aa",
    };
    if (length > 2 && text[0] == '[' && text[length - 1] == ']') return true;
    for (size_t i = 0; is_digit(before) && i < sizeof endings / sizeof *endings; i++) {
        if (strlen(endings[i]) == length && !memcmp(text, endings[i], length)) return true;
    }
    return false;
}

static void shift(struct buffer *buffer, size_t start, bool raised) {
    const char *text = buffer->bytes + start;
    size_t length = buffer->length - start;
    while (length && strchr(" \t\r\n", *text)) text++, length--;
    while (length && strchr(" \t\r\n", text[length - 1])) length--;
    if (!length || length > script_bytes_max) return;
    char before = start ? buffer->bytes[start - 1] : ' ';
    if (raised && is_on_line(text, length, before)) return;
    struct buffer shifted = {0};
    bool is_trade_mark = raised && length == 2 && !strncasecmp(text, "tm", 2);
    if (is_trade_mark) {
        buffer_text(&shifted, "\u2122");
    } else if (!append_forms(&shifted, text, length, raised)) {
        buffer_text(&shifted, raised ? "^{" : "_{");
        buffer_append(&shifted, text, length);
        buffer_byte(&shifted, '}');
    }
    buffer->length = start;
    buffer_append(buffer, shifted.bytes, shifted.length);
    buffer_free(&shifted);
}

void buffer_raise(struct buffer *buffer, size_t start) { shift(buffer, start, true); }
void buffer_lower(struct buffer *buffer, size_t start) { shift(buffer, start, false); }
