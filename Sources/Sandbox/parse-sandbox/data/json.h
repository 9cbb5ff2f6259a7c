// Reads JSON in memory, without a tree: the libraries in Debian that are still maintained (json-c,
// Jansson) build one, which takes ten times the size of an export of records. A document is checked
// once; after that, values are only positions in its text.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// A value, from its first to its last byte.
struct json {
    const char *at, *end;
};

/// Checks the value at `at`, after blanks. Returns its end; NULL if it is invalid. Also accepts NaN
/// and Infinity, which many programs write. Fails if it is nested too deep.
const char *json_check(const char *at, const char *end);
/// The checked value at `at`.
struct json json_value(const char *at, const char *end);

static inline bool json_is_object(struct json value) { return *value.at == '{'; }
static inline bool json_is_array(struct json value) { return *value.at == '['; }
static inline bool json_is_string(struct json value) { return *value.at == '"'; }
static inline bool json_is_null(struct json value) { return *value.at == 'n'; }
static inline bool json_is_scalar(struct json value) {
    return *value.at != '{' && *value.at != '[';
}

/// The items of an array, the members of an object, or values after each other.
struct json_items {
    const char *at, *end;
    bool has_keys;
    /// The current item. The key is a string; it is empty in an array.
    struct json key, value;
};
struct json_items json_items(struct json container);
/// Advances to the next item. Returns false after the last.
bool json_next(struct json_items *items);

/// Appends a scalar as text, a string without escapes.
void json_append(struct json scalar, struct buffer *text);
/// Whether a string, without its quotation marks, is `text`. Compares the bytes as written.
bool json_equals(struct json string, const char *text);
/// The member of this name. Returns false if the value is not an object or has no such member.
bool json_member(struct json object, const char *name, struct json *value);
