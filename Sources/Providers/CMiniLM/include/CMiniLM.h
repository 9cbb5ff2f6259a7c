// The sentence embedding model all-MiniLM-L6-v2 (BERT, 6 layers) on the CPU.
//
// A model is read-only once open and may be used from many threads at once, each with its own
// workspace. Matrix products come from OpenBLAS, which is set to one thread for the whole process.
// Callers run sequences in parallel instead, which is faster.
#ifndef CMINILM_H
#define CMINILM_H

#include <stddef.h>
#include <stdint.h>

enum {
    MINILM_VOCABULARY = 30522,
    MINILM_POSITIONS = 512, // the longest sequence, with [CLS] and [SEP]
    MINILM_WIDTH = 384,     // numbers in a vector
};

typedef enum {
    MINILM_OK = 0,
    MINILM_EMPTY_SEQUENCE,
    MINILM_SEQUENCE_TOO_LONG,
    MINILM_WORKSPACE_TOO_SMALL,
    MINILM_UNKNOWN_TOKEN,
} minilm_status;

typedef struct minilm_model minilm_model;
typedef struct minilm_workspace minilm_workspace;

// Loads OpenBLAS, once per process. Must succeed before a model is opened. Returns NULL on
// success, or the reason for the failure.
const char *minilm_load_products(void);

// OpenBLAS's name of the kernels in use, for example "Haswell"; NULL before it is loaded.
const char *minilm_kernels(void);

// Maps the weights from an open safetensors file, which the caller may close afterwards.
// The file must not be truncated while the model is open: replace it by renaming.
// Returns NULL on failure and writes the reason to `error` (at most `error_size` bytes).
minilm_model *minilm_open(int file, char *error, size_t error_size);

void minilm_close(minilm_model *model);

// Memory for passes over up to `tokens_max` tokens, about 15 KB per token. Returns NULL if
// `tokens_max` is less than 1 or memory is insufficient.
minilm_workspace *minilm_workspace_create(int32_t tokens_max);

void minilm_workspace_destroy(minilm_workspace *workspace);

// Runs sequences through the model in one pass, without padding.
//
// ids:     the sequences one after another, each with its [CLS] and [SEP].
// lengths: tokens of each sequence, 1...MINILM_POSITIONS, `sequences` numbers.
// means:   receives [sequences, MINILM_WIDTH]: the mean of each sequence's token vectors, not
//          normalised.
// Writes to `means` only if it returns MINILM_OK.
minilm_status minilm_embed(const minilm_model *model, minilm_workspace *workspace,
                           const int32_t *ids, const int32_t *lengths, int32_t sequences,
                           float *means);

// The canonical decomposition of a Unicode scalar (NFD) without its nonspacing marks.
//
// Returns the number of scalars written to `parts` (0...3), or -1 if the scalar has no
// decomposition.
int minilm_strip_accents(uint32_t scalar, uint32_t parts[3]);

#endif
