#include "safetensors.h"

#include <string.h>

#include "json.h"

enum { LENGTH_BYTES = 8, HEADER_BYTES_MAX = 1 << 20 };

const char *safetensors_split(const unsigned char *bytes, size_t length, safetensors *file) {
    if (length < LENGTH_BYTES) return "the file is shorter than its own header length";
    uint64_t header_length = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--) header_length = header_length << 8 | bytes[i];
    if (header_length > HEADER_BYTES_MAX) return "the header length is beyond reason";
    if (header_length > length - LENGTH_BYTES) return "the header is cut off";
    file->header = (const char *)bytes + LENGTH_BYTES;
    file->header_length = (size_t)header_length;
    file->data = bytes + LENGTH_BYTES + header_length;
    file->data_length = length - LENGTH_BYTES - (size_t)header_length;
    return NULL;
}

static bool read_offsets(json_cursor *cursor, tensor_entry *entry) {
    uint64_t offsets[2];
    int count;
    if (!json_cursor_unsigned_array(cursor, offsets, 2, &count) || count != 2) return false;
    entry->begin = offsets[0];
    entry->end = offsets[1];
    return true;
}

static bool read_member(json_cursor *cursor, json_text key, tensor_entry *entry) {
    json_text dtype;
    if (json_text_equals(key, "dtype")) {
        if (!json_cursor_string(cursor, &dtype)) return false;
        entry->is_f32 = json_text_equals(dtype, "F32");
        entry->has_dtype = true;
        return true;
    }
    if (json_text_equals(key, "shape")) {
        entry->has_shape = true;
        return json_cursor_unsigned_array(cursor, entry->shape, TENSOR_DIMENSIONS_MAX,
                                          &entry->dimensions);
    }
    if (json_text_equals(key, "data_offsets")) {
        entry->has_offsets = true;
        return read_offsets(cursor, entry);
    }
    return json_cursor_skip(cursor);
}

// Reads {"dtype":..., "shape":[...], "data_offsets":[begin, end]}, keys in any order.
static bool read_entry(json_cursor *cursor, tensor_entry *entry) {
    json_text key;
    *entry = (tensor_entry){0};
    if (!json_cursor_take(cursor, '{')) return false;
    do {
        if (!json_cursor_key(cursor, &key) || !read_member(cursor, key, entry)) return false;
    } while (json_cursor_take(cursor, ','));
    return json_cursor_take(cursor, '}') && entry->has_dtype && entry->has_shape
        && entry->has_offsets;
}

// Finds an entry by name, skipping all others. The first entry of that name is used.
static const char *find_entry(const safetensors *file, const char *name, tensor_entry *entry) {
    json_cursor cursor = {file->header, file->header + file->header_length};
    json_text key;
    if (!json_cursor_take(&cursor, '{')) return "the header is not a JSON object";
    do {
        if (!json_cursor_key(&cursor, &key)) break;
        if (json_text_equals(key, name)) {
            return read_entry(&cursor, entry) ? NULL : "its entry in the header is malformed";
        }
        if (!json_cursor_skip(&cursor)) break;
    } while (json_cursor_take(&cursor, ','));
    if (!json_cursor_take(&cursor, '}') || !json_cursor_at_end(&cursor)) {
        return "the header is malformed JSON";
    }
    return "it is not in the file";
}

const char *safetensors_find(const safetensors *file, const char *name, uint64_t rows,
                             uint64_t columns, const float **numbers) {
    tensor_entry entry;
    const char *fault = find_entry(file, name, &entry);
    if (fault) return fault;
    if (!entry.is_f32) return "it is not of type F32";
    bool fits = columns == 0 ? entry.dimensions == 1
                             : entry.dimensions == 2 && entry.shape[1] == columns;
    if (!fits || entry.shape[0] != rows) return "it has another shape";
    if (entry.begin > entry.end || entry.end > file->data_length) return "the file is cut off";
    uint64_t count = columns == 0 ? rows : rows * columns;
    if (entry.end - entry.begin != count * sizeof(float)) return "its bytes and shape disagree";
    const unsigned char *first = file->data + entry.begin;
    if ((uintptr_t)first % _Alignof(float) != 0) return "its numbers are not aligned";
    *numbers = (const float *)(const void *)first;
    return NULL;
}
