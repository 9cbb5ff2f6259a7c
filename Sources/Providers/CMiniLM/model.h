// The weights of all-MiniLM-L6-v2. Matrices are row-major [outputs, inputs], as in the file.
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>

#include "CMiniLM.h"

enum {
    HIDDEN = MINILM_WIDTH,
    INNER = 1536,
    LAYERS = 6,
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

struct minilm_model {
    void *mapping;
    size_t mapping_length;
    const float *words;     // [MINILM_VOCABULARY, HIDDEN]
    const float *positions; // [MINILM_POSITIONS, HIDDEN]
    const float *types;     // [2, HIDDEN]; only the first is used
    norm embedding_norm;
    layer layers[LAYERS];
};

#endif
