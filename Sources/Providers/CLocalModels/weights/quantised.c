#include "quantised.h"

#include <string.h>

// Half to single precision, exactly. The multiplication moves the exponent's bias and also
// normalises subnormal numbers. Scales are finite.
static float widened(const uint8_t half[2]) {
    uint32_t bits = (uint32_t)half[0] | (uint32_t)half[1] << 8;
    uint32_t moved = (bits & 0x7FFF) << 13 | (bits & 0x8000) << 16;
    float value;
    memcpy(&value, &moved, sizeof value);
    return value * 0x1p112f;
}

void quantised_expand(const quantised_block *block, size_t blocks, float *values) {
    for (size_t b = 0; b < blocks; b++, block++, values += BLOCK_VALUES) {
        float scale = widened(block->scale);
        for (int j = 0; j < BLOCK_VALUES / 2; j++) {
            values[j] = (float)((block->halves[j] & 15) - 8) * scale;
            values[j + BLOCK_VALUES / 2] = (float)((block->halves[j] >> 4) - 8) * scale;
        }
    }
}
