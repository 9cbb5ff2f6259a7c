#include "json.h"

#include <string.h>

#include "encoding.h"
#include "failure.h"

enum { depth_max = 100 };

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/// The end of the string that begins at `at`; NULL if it is invalid.
static const char *check_string(const char *at, const char *end) {
    if (at == end || *at != '"') return NULL;
    for (at++; at < end && *at != '"'; at++) {
        if ((unsigned char)*at < 0x20 && *at != '\t') return NULL;
        if (*at != '\\') continue;
        if (++at == end || !*at || !strchr("\"\\/bfnrtu", *at)) return NULL;
        if (*at != 'u') continue;
        for (int i = 0; i < 4; i++) {
            if (++at == end || hex_digit(*at) < 0) return NULL;
        }
    }
    return at < end ? at + 1 : NULL;
}

static const char *skip_digits(const char *at, const char *end) {
    while (at < end && *at >= '0' && *at <= '9') at++;
    return at;
}

static const char *check_number(const char *at, const char *end) {
    if (at < end && *at == '-') at++;
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at > digits + 1)) return NULL;
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits) return NULL;
    }
    if (at < end && (*at | 0x20) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        digits = at;
        at = skip_digits(at, end);
        if (at == digits) return NULL;
    }
    return at;
}

static const char *check_scalar(const char *at, const char *end) {
    static const char *const words[] = {
        "true", "false", "null", "NaN", "Infinity", "-Infinity", NULL};
    if (at < end && *at == '"') return check_string(at, end);
    for (const char *const *word = words; *word; word++) {
        size_t length = strlen(*word);
        bool is_word = (size_t)(end - at) >= length && !memcmp(at, *word, length);
        if (is_word) return at + length;
    }
    return check_number(at, end);
}

/// Checks `"key":`. Returns the position after it.
static const char *check_key(const char *at, const char *end) {
    at = check_string(at, end);
    if (!at) return NULL;
    at = skip_blanks(at, end);
    return at < end && *at == ':' ? skip_blanks(at + 1, end) : NULL;
}

const char *json_check(const char *at, const char *end) {
    char closes[depth_max];
    int depth = 0;
    at = skip_blanks(at, end);
    for (;;) {
        if (at == end) return NULL;
        if (*at == '{' || *at == '[') {
            if (depth == depth_max) {
                fail(FAILURE_TOO_LARGE, "the JSON is nested more than 100 levels deep");
            }
            closes[depth++] = *at == '{' ? '}' : ']';
            at = skip_blanks(at + 1, end);
            bool is_empty = at < end && *at == closes[depth - 1];
            if (!is_empty && closes[depth - 1] == '}') at = check_key(at, end);
            if (!at) return NULL;
            if (!is_empty) continue;
        } else {
            at = check_scalar(at, end);
            if (!at) return NULL;
        }
        // After a value: the ends of containers, and then the next item.
        for (;;) {
            if (!depth) return at;
            at = skip_blanks(at, end);
            if (at == end || *at != closes[depth - 1]) break;
            at++;
            depth--;
        }
        if (at == end || *at != ',') return NULL;
        at = skip_blanks(at + 1, end);
        if (closes[depth - 1] == '}') at = check_key(at, end);
        if (!at) return NULL;
    }
}

/// The end of a checked string.
static const char *string_end(const char *start) {
    for (const char *at = start + 1;; at++) {
        at = rawmemchr(at, '"');
        const char *escapes = at;
        while (escapes[-1] == '\\') escapes--;
        if ((at - escapes) % 2 == 0) return at + 1;
    }
}

struct json json_value(const char *at, const char *end) {
    at = skip_blanks(at, end);
    struct json value = {at, at};
    if (*at == '"') {
        value.end = string_end(at);
    } else if (json_is_scalar(value)) {
        while (value.end < end && !strchr(",]} \t\r\n", *value.end)) value.end++;
    } else {
        int depth = 0;
        do {
            if (*at == '"') {
                at = string_end(at);
                continue;
            }
            depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
            at++;
        } while (depth);
        value.end = at;
    }
    return value;
}

struct json_items json_items(struct json container) {
    return (struct json_items){
        .at = container.at + 1, .end = container.end - 1, .has_keys = json_is_object(container),
        .key = {"", ""},
    };
}

bool json_next(struct json_items *items) {
    const char *at = skip_blanks(items->at, items->end);
    if (at < items->end && *at == ',') at = skip_blanks(at + 1, items->end);
    if (at == items->end) return false;
    if (items->has_keys) {
        items->key = (struct json){at, string_end(at)};
        at = skip_blanks(items->key.end, items->end) + 1;
    }
    items->value = json_value(at, items->end);
    items->at = items->value.end;
    return true;
}

/// The scalar after `\u`, of which a pair of surrogates is one.
static uint32_t unicode_escape(const char **at, const char *end) {
    uint32_t scalar = 0, low = 0;
    for (int i = 0; i < 4; i++) scalar = scalar << 4 | (uint32_t)hex_digit(*++*at);
    const char *next = *at + 1;
    bool is_pair = scalar >= 0xd800 && scalar < 0xdc00 && end - next >= 6 && next[0] == '\\' &&
        next[1] == 'u';
    if (!is_pair) return scalar;
    for (int i = 2; i < 6; i++) low = low << 4 | (uint32_t)hex_digit(next[i]);
    if (low < 0xdc00 || low >= 0xe000) return scalar;
    *at = next + 5;
    return 0x10000 + ((scalar - 0xd800) << 10) + (low - 0xdc00);
}

void json_append(struct json scalar, struct buffer *text) {
    if (!json_is_string(scalar)) {
        buffer_append(text, scalar.at, (size_t)(scalar.end - scalar.at));
        return;
    }
    const char *end = scalar.end - 1;
    for (const char *at = scalar.at + 1; at < end; at++) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        buffer_append(text, at, (size_t)((escape ? escape : end) - at));
        if (!escape) return;
        at = escape + 1;
        switch (*at) {
        case 'n': buffer_byte(text, '\n'); break;
        case 't': buffer_byte(text, '\t'); break;
        case 'r': case 'b': case 'f': buffer_byte(text, ' '); break;
        case 'u': buffer_scalar(text, unicode_escape(&at, end)); break;
        default: buffer_byte(text, *at);
        }
    }
}

bool json_equals(struct json string, const char *text) {
    size_t length = strlen(text);
    return (size_t)(string.end - string.at) == length + 2 && !memcmp(string.at + 1, text, length);
}

bool json_member(struct json object, const char *name, struct json *value) {
    if (!json_is_object(object)) return false;
    struct json_items items = json_items(object);
    while (json_next(&items)) {
        if (!json_equals(items.key, name)) continue;
        *value = items.value;
        return true;
    }
    return false;
}
