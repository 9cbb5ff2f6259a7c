#include "json.h"

#include <string.h>

enum { JSON_DEPTH_MAX = 16 };

static void skip_blanks(json_cursor *cursor) {
    while (cursor->at < cursor->end && *cursor->at != '\0' && strchr(" \t\r\n", *cursor->at)) {
        cursor->at++;
    }
}

bool json_cursor_take(json_cursor *cursor, char c) {
    skip_blanks(cursor);
    if (cursor->at == cursor->end || *cursor->at != c) return false;
    cursor->at++;
    return true;
}

bool json_cursor_at_end(json_cursor *cursor) {
    skip_blanks(cursor);
    return cursor->at == cursor->end;
}

bool json_cursor_string(json_cursor *cursor, json_text *text) {
    if (!json_cursor_take(cursor, '"')) return false;
    text->bytes = cursor->at;
    while (cursor->at < cursor->end && *cursor->at != '"') {
        if (*cursor->at == '\\') cursor->at++;
        if (cursor->at < cursor->end) cursor->at++;
    }
    if (cursor->at == cursor->end) return false;
    text->length = (size_t)(cursor->at - text->bytes);
    cursor->at++;
    return true;
}

bool json_cursor_key(json_cursor *cursor, json_text *key) {
    return json_cursor_string(cursor, key) && json_cursor_take(cursor, ':');
}

bool json_cursor_unsigned(json_cursor *cursor, uint64_t *number) {
    skip_blanks(cursor);
    const char *first = cursor->at;
    uint64_t value = 0;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        uint64_t digit = (uint64_t)(*cursor->at - '0');
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (__builtin_add_overflow(value, digit, &value)) return false;
        cursor->at++;
    }
    *number = value;
    return cursor->at > first;
}

bool json_cursor_unsigned_array(json_cursor *cursor, uint64_t *numbers, int count_max,
                                int *count) {
    *count = 0;
    if (!json_cursor_take(cursor, '[')) return false;
    if (json_cursor_take(cursor, ']')) return true;
    do {
        if (*count == count_max || !json_cursor_unsigned(cursor, &numbers[*count])) return false;
        *count += 1;
    } while (json_cursor_take(cursor, ','));
    return json_cursor_take(cursor, ']');
}

static bool skip_nested(json_cursor *cursor, int depth);

// Skips the members of an object or array whose opening bracket has been consumed.
static bool skip_members(json_cursor *cursor, char close, int depth) {
    json_text key;
    if (depth == JSON_DEPTH_MAX) return false;
    if (json_cursor_take(cursor, close)) return true;
    do {
        if (close == '}' && !json_cursor_key(cursor, &key)) return false;
        if (!skip_nested(cursor, depth + 1)) return false;
    } while (json_cursor_take(cursor, ','));
    return json_cursor_take(cursor, close);
}

static bool skip_nested(json_cursor *cursor, int depth) {
    json_text text;
    if (json_cursor_take(cursor, '{')) return skip_members(cursor, '}', depth);
    if (json_cursor_take(cursor, '[')) return skip_members(cursor, ']', depth);
    if (cursor->at < cursor->end && *cursor->at == '"') return json_cursor_string(cursor, &text);
    const char *first = cursor->at; // a number, true, false or null
    while (cursor->at < cursor->end && *cursor->at != '\0'
           && !strchr(",:{}[]\" \t\r\n", *cursor->at)) {
        cursor->at++;
    }
    return cursor->at > first;
}

bool json_cursor_skip(json_cursor *cursor) { return skip_nested(cursor, 0); }

bool json_text_equals(json_text text, const char *plain) {
    return text.length == strlen(plain) && memcmp(text.bytes, plain, text.length) == 0;
}
