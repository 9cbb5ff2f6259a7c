// A cursor over JSON text that never reads past its end. It reads only unsigned integers as
// numbers. Strings are compared byte by byte, so one with an escape never equals a plain name.
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *at, *end;
} json_cursor;

// A string's bytes between its quotes, with escapes left as they are.
typedef struct {
    const char *bytes;
    size_t length;
} json_text;

// Skips blanks, then consumes `c` if it is next.
bool json_cursor_take(json_cursor *cursor, char c);

// Skips blanks. True if nothing is left.
bool json_cursor_at_end(json_cursor *cursor);

bool json_cursor_string(json_cursor *cursor, json_text *text);

// Reads a string and the colon after it.
bool json_cursor_key(json_cursor *cursor, json_text *key);

bool json_cursor_unsigned(json_cursor *cursor, uint64_t *number);

// Reads [n, n, ...] of up to `count_max` numbers.
bool json_cursor_unsigned_array(json_cursor *cursor, uint64_t *numbers, int count_max, int *count);

// Skips a value of any kind, nested up to 16 deep.
bool json_cursor_skip(json_cursor *cursor);

bool json_text_equals(json_text text, const char *plain);

#endif
