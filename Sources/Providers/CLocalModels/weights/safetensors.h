// Reads the table of contents of a safetensors file: eight bytes of header length
// (little-endian), a JSON header, then the numbers. Treats the file as untrusted input.
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENSOR_DIMENSIONS_MAX = 4 };

// A safetensors file in memory, split into its parts. Points into the caller's bytes.
typedef struct {
    const char *header;
    size_t header_length;
    const unsigned char *data;
    size_t data_length;
} safetensors;

// One tensor's entry in the header.
typedef struct {
    bool is_f32;
    int dimensions;
    uint64_t shape[TENSOR_DIMENSIONS_MAX];
    uint64_t begin, end; // byte offsets into the data
    bool has_dtype, has_shape, has_offsets;
} tensor_entry;

// Splits a file; NULL on success, otherwise what is wrong with it.
const char *safetensors_split(const unsigned char *bytes, size_t length, safetensors *file);

// Finds the F32 tensor `name` of exactly rows x columns numbers (columns 0: one dimension).
// Sets `numbers` and returns NULL, or returns what is wrong.
const char *safetensors_find(const safetensors *file, const char *name, uint64_t rows,
                             uint64_t columns, const float **numbers);

#endif
