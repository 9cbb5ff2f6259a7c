// The weights of a text encoder. Matrices are row-major [outputs, inputs], as in the files.
#ifndef MODEL_H
#define MODEL_H

#include "CLocalModels.h"
#include "mapping.h"
#include "quantised.h"

enum {
    HIDDEN = TRANSFORMER_WIDTH,
    INNER = 1536,
    LAYERS_MAX = 12,
    HEADS = 12,
    HEAD = HIDDEN / HEADS, // 32 numbers of query, key and value per head
};

// y = x * weight^T + bias
typedef struct {
    const float *weight, *bias;
} dense;

// A layer norm's scale and shift, [HIDDEN] each.
typedef struct {
    const float *weight, *bias;
} norm;

typedef struct {
    dense query, key, value; // [HIDDEN, HIDDEN]
    dense attention_output;  // [HIDDEN, HIDDEN]
    norm attention_norm;
    dense inner;  // [INNER, HIDDEN]
    dense output; // [HIDDEN, INNER]
    norm output_norm;
} layer;

struct transformer {
    mapping file;
    float *expanded; // what does not have the form of the file; NULL if all weights are mapped
    int32_t vocabulary;
    const float *words;     // [vocabulary, HIDDEN]; NULL if they are quantised
    const quantised_block *quantised_words;
    const float *positions; // [TRANSFORMER_POSITIONS, HIDDEN]
    const float *types;     // [2, HIDDEN]; only the first is used
    norm embedding_norm;
    int layer_count;
    layer layers[LAYERS_MAX];
};

// Maps `file` into a new model without weights; NULL on failure, with the reason in `error`.
transformer *transformer_create(int file, char *error, size_t error_size);

#endif
