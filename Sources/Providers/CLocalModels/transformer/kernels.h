// The arithmetic between the matrix products, written so that the compiler can vectorise it.
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>

// Copies `row` into every row of `matrix` [rows, columns].
void kernel_fill_rows(float *matrix, size_t rows, size_t columns, const float *row);

// values[i] += addends[i]
void kernel_add(float *values, const float *addends, size_t count);

// values = values * factor
void kernel_scale(float *values, float factor, size_t count);

// Normalises each row to mean 0 and variance 1, then scales and shifts it.
void kernel_layer_norm(float *matrix, size_t rows, size_t columns, const float *weight,
                const float *bias);

// Applies x * (1 + erf(x / sqrt 2)) / 2 to each value, with an error within 2e-7.
void kernel_gelu(float *values, size_t count);

// Applies softmax to each row: its numbers become positive and sum to one.
void kernel_softmax(float *matrix, size_t rows, size_t columns);

#endif
