// Weights of 4 bits, in blocks that share a scale (llama.cpp's form Q4_0).
#ifndef QUANTISED_H
#define QUANTISED_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK_VALUES = 32 };

// Value j of a block is its low half-byte j, value j + 16 its high half-byte j: each less 8, times
// the scale, an IEEE half-precision number (little-endian).
typedef struct {
    uint8_t scale[2];
    uint8_t halves[BLOCK_VALUES / 2];
} quantised_block;

// Writes `blocks` blocks as BLOCK_VALUES floats each.
void quantised_expand(const quantised_block *block, size_t blocks, float *values);

#endif
