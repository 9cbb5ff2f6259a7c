// Arrays of uniform records, which are tables.
#pragma once

#include "json.h"

/// Writes the items as a table, one record per row. Returns false, and writes nothing, if they are
/// not uniform records of short values. `caption` is written above the table; it may be empty.
bool json_write_table(struct json_items items, const struct buffer *caption);
/// Appends the text of an array of scalars, separated by commas. Long lists of numbers are cut.
void json_append_list(struct json array, struct buffer *text);
/// Whether the array has no arrays or objects in it.
bool json_is_flat(struct json array);
/// Whether the string is data in base64, which is not text.
bool json_is_data(struct json string);
