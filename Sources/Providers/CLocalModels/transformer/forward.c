#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "kernels.h"
#include "model.h"

struct transformer_workspace {
    int32_t tokens_max;
    float *hidden;              // [tokens, HIDDEN]: the token vectors between the layers
    float *query, *key, *value; // [tokens, HIDDEN]
    float *context;             // [tokens, HIDDEN]: the attention output, heads side by side
    float *projected;           // [tokens, HIDDEN]
    float *inner;               // [tokens, INNER]
    float *scores;              // [length, length] of one sequence and head
};

static float *floats(size_t rows, size_t columns) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, rows * columns * sizeof(float)) != 0) return NULL;
    return memory;
}

transformer_workspace *transformer_workspace_create(int32_t tokens_max) {
    if (tokens_max < 1) return NULL;
    transformer_workspace *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    size_t tokens = (size_t)tokens_max;
    size_t longest = tokens < TRANSFORMER_POSITIONS ? tokens : TRANSFORMER_POSITIONS;
    w->tokens_max = tokens_max;
    w->hidden = floats(tokens, HIDDEN);
    w->query = floats(tokens, HIDDEN);
    w->key = floats(tokens, HIDDEN);
    w->value = floats(tokens, HIDDEN);
    w->context = floats(tokens, HIDDEN);
    w->projected = floats(tokens, HIDDEN);
    w->inner = floats(tokens, INNER);
    w->scores = floats(longest, longest);
    if (w->hidden && w->query && w->key && w->value && w->context && w->projected && w->inner
        && w->scores) return w;
    transformer_workspace_destroy(w);
    return NULL;
}

void transformer_workspace_destroy(transformer_workspace *w) {
    if (!w) return;
    free(w->hidden);
    free(w->query);
    free(w->key);
    free(w->value);
    free(w->context);
    free(w->projected);
    free(w->inner);
    free(w->scores);
    free(w);
}

static transformer_status check(const transformer *model, const transformer_workspace *w,
                                const int32_t *ids, const int32_t *lengths, int32_t sequences,
                                int32_t *tokens) {
    *tokens = 0;
    for (int32_t s = 0; s < sequences; s++) {
        if (lengths[s] < 1) return TRANSFORMER_EMPTY_SEQUENCE;
        if (lengths[s] > TRANSFORMER_POSITIONS) return TRANSFORMER_SEQUENCE_TOO_LONG;
        if (lengths[s] > w->tokens_max - *tokens) return TRANSFORMER_WORKSPACE_TOO_SMALL;
        *tokens += lengths[s];
    }
    for (int32_t t = 0; t < *tokens; t++) {
        if (ids[t] < 0 || ids[t] >= model->vocabulary) return TRANSFORMER_UNKNOWN_TOKEN;
    }
    return TRANSFORMER_OK;
}

// output [tokens, outputs] = input [tokens, inputs] * weight^T + bias
static void apply(dense d, const float *input, int32_t tokens, int inputs, int outputs,
                  float *output) {
    kernel_fill_rows(output, (size_t)tokens, (size_t)outputs, d.bias);
    blas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, tokens, outputs, inputs, 1, input,
               inputs, d.weight, inputs, 1, output, outputs);
}

static void copy_word(const transformer *model, int32_t id, float *row) {
    const size_t blocks = HIDDEN / BLOCK_VALUES;
    if (model->words) {
        memcpy(row, model->words + (size_t)id * HIDDEN, HIDDEN * sizeof *row);
    } else {
        quantised_expand(model->quantised_words + (size_t)id * blocks, blocks, row);
    }
}

// hidden [tokens, HIDDEN] = normalised word + position + type vectors
static void look_up(const transformer *model, transformer_workspace *w, const int32_t *ids,
                    const int32_t *lengths, int32_t sequences, int32_t tokens) {
    size_t token = 0;
    for (int32_t s = 0; s < sequences; s++) {
        for (size_t position = 0; position < (size_t)lengths[s]; position++, token++) {
            float *row = w->hidden + token * HIDDEN;
            copy_word(model, ids[token], row);
            kernel_add(row, model->positions + position * HIDDEN, HIDDEN);
            kernel_add(row, model->types, HIDDEN);
        }
    }
    kernel_layer_norm(w->hidden, (size_t)tokens, HIDDEN, model->embedding_norm.weight,
               model->embedding_norm.bias);
}

// context of the `length` tokens from `first`, computed head by head as
// softmax(query * key^T / sqrt HEAD) * value. Tokens attend only to their own sequence.
static void attend(transformer_workspace *w, size_t first, int32_t length) {
    const float factor = 1.0f / sqrtf((float)HEAD);
    for (size_t head = 0; head < HEADS; head++) {
        size_t corner = first * HIDDEN + head * HEAD;
        blas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, length, length, HEAD, factor,
                   w->query + corner, HIDDEN, w->key + corner, HIDDEN, 0, w->scores, length);
        kernel_softmax(w->scores, (size_t)length, (size_t)length);
        blas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, length, HEAD, length, 1,
                   w->scores, length, w->value + corner, HIDDEN, 0, w->context + corner,
                   HIDDEN);
    }
}

// hidden = norm(hidden + projected)
static void add_and_norm(transformer_workspace *w, int32_t tokens, norm n) {
    kernel_add(w->hidden, w->projected, (size_t)tokens * HIDDEN);
    kernel_layer_norm(w->hidden, (size_t)tokens, HIDDEN, n.weight, n.bias);
}

static void run_layer(const layer *l, transformer_workspace *w, const int32_t *lengths,
                      int32_t sequences, int32_t tokens) {
    apply(l->query, w->hidden, tokens, HIDDEN, HIDDEN, w->query);
    apply(l->key, w->hidden, tokens, HIDDEN, HIDDEN, w->key);
    apply(l->value, w->hidden, tokens, HIDDEN, HIDDEN, w->value);
    size_t first = 0;
    for (int32_t s = 0; s < sequences; s++) {
        attend(w, first, lengths[s]);
        first += (size_t)lengths[s];
    }
    apply(l->attention_output, w->context, tokens, HIDDEN, HIDDEN, w->projected);
    add_and_norm(w, tokens, l->attention_norm);
    apply(l->inner, w->hidden, tokens, HIDDEN, INNER, w->inner);
    kernel_gelu(w->inner, (size_t)tokens * INNER);
    apply(l->output, w->inner, tokens, INNER, HIDDEN, w->projected);
    add_and_norm(w, tokens, l->output_norm);
}

// means [sequences, HIDDEN] of each sequence's rows of hidden
static void pool(const transformer_workspace *w, const int32_t *lengths, int32_t sequences,
                 float *means) {
    const float *row = w->hidden;
    memset(means, 0, (size_t)sequences * HIDDEN * sizeof *means);
    for (int32_t s = 0; s < sequences; s++, means += HIDDEN) {
        for (int32_t t = 0; t < lengths[s]; t++, row += HIDDEN) kernel_add(means, row, HIDDEN);
        kernel_scale(means, 1.0f / (float)lengths[s], HIDDEN);
    }
}

transformer_status transformer_embed(const transformer *model, transformer_workspace *w,
                                     const int32_t *ids, const int32_t *lengths,
                                     int32_t sequences, float *means) {
    int32_t tokens;
    transformer_status status = check(model, w, ids, lengths, sequences, &tokens);
    if (status != TRANSFORMER_OK) return status;
    look_up(model, w, ids, lengths, sequences, tokens);
    for (int i = 0; i < model->layer_count; i++) {
        run_layer(&model->layers[i], w, lengths, sequences, tokens);
    }
    pool(w, lengths, sequences, means);
    return TRANSFORMER_OK;
}
