#include "kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// On x86-64 each kernel is compiled twice, and the loader selects the version that the processor
// supports. Other processors need no second version, because their baseline has wide registers.
#if defined(__x86_64__) && defined(__GLIBC__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

enum { LANES = 8 };

// e^x to about one unit in the last place for x in -87...88. x is clamped to that range.
static inline __attribute__((always_inline)) float exponential(float x) {
#pragma clang fp contract(fast)
    const float rounder = 12582912.0f; // 1.5 * 2^23: adding it rounds to a whole number
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float whole = x * 1.44269504f + rounder - rounder;
    float r = x - whole * 0.693359375f;
    r = r + whole * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = ((int32_t)whole + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

// The error function within 1.5e-7 (Abramowitz and Stegun, 7.1.26).
static inline __attribute__((always_inline)) float error_function(float x) {
#pragma clang fp contract(fast)
    float a = fabsf(x);
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    return copysignf(1.0f - p * t * exponential(-a * a), x);
}

void kernel_fill_rows(float *matrix, size_t rows, size_t columns, const float *row) {
    for (size_t r = 0; r < rows; r++) memcpy(matrix + r * columns, row, columns * sizeof *row);
}

VECTORISED void kernel_add(float *restrict values, const float *restrict addends, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] += addends[i];
}

VECTORISED void kernel_scale(float *values, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] *= factor;
}

VECTORISED void kernel_layer_norm(float *restrict matrix, size_t rows, size_t columns,
                           const float *restrict weight, const float *restrict bias) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t r = 0; r < rows; r++) {
        float *row = matrix + r * columns;
        float sum = 0, squares = 0;
        for (size_t i = 0; i < columns; i++) sum += row[i];
        float mean = sum / (float)columns;
        for (size_t i = 0; i < columns; i++) squares += (row[i] - mean) * (row[i] - mean);
        float factor = 1.0f / sqrtf(squares / (float)columns + 1e-12f);
        for (size_t i = 0; i < columns; i++) {
            row[i] = (row[i] - mean) * factor * weight[i] + bias[i];
        }
    }
}

VECTORISED void kernel_gelu(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float x = values[i];
        values[i] = 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f));
    }
}

static inline __attribute__((always_inline)) float largest(const float *row, size_t columns) {
    float lanes[LANES];
    size_t i = 0;
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = row[0];
    for (; i + LANES <= columns; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = row[i + lane] > lanes[lane] ? row[i + lane] : lanes[lane];
        }
    }
    float found = lanes[0];
    for (int lane = 1; lane < LANES; lane++) found = lanes[lane] > found ? lanes[lane] : found;
    for (; i < columns; i++) found = row[i] > found ? row[i] : found;
    return found;
}

VECTORISED void kernel_softmax(float *matrix, size_t rows, size_t columns) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t r = 0; r < rows; r++) {
        float *row = matrix + r * columns;
        float top = largest(row, columns), sum = 0;
        for (size_t i = 0; i < columns; i++) {
            row[i] = exponential(row[i] - top);
            sum += row[i];
        }
        float factor = 1.0f / sum;
        for (size_t i = 0; i < columns; i++) row[i] *= factor;
    }
}
