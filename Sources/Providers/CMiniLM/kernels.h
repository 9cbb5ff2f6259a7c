// The arithmetic between the matrix products, written so that the compiler vectorises it.
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>

// rows x columns: every row of `matrix` becomes `row`.
void kernel_fill_rows(float *matrix, size_t rows, size_t columns, const float *row);

// values[i] += addends[i]
void kernel_add(float *values, const float *addends, size_t count);

// values = values * factor
void kernel_scale(float *values, float factor, size_t count);

// Normalises each row to mean 0 and variance 1, then scales and shifts it.
void kernel_layer_norm(float *matrix, size_t rows, size_t columns, const float *weight,
                const float *bias);

// x * (1 + erf(x / sqrt 2)) / 2, within 2e-7 of it.
void kernel_gelu(float *values, size_t count);

// Each row becomes positive and sums to one.
void kernel_softmax(float *matrix, size_t rows, size_t columns);

#endif
