// Local models in C: text encoders on the CPU, their weights, and what their tokenizers need.
//
// A model and a tokenizer are read-only once open and may be used from many threads at once; each
// thread has its own workspace. Matrix products come from OpenBLAS, which is set to one thread for
// the whole process. Callers run sequences in parallel instead, which is faster.
#ifndef CLOCALMODELS_H
#define CLOCALMODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRANSFORMER_POSITIONS = 512, // the longest sequence, with its control tokens
    TRANSFORMER_WIDTH = 384,     // numbers in a vector
};

typedef enum {
    TRANSFORMER_OK = 0,
    TRANSFORMER_EMPTY_SEQUENCE,
    TRANSFORMER_SEQUENCE_TOO_LONG,
    TRANSFORMER_WORKSPACE_TOO_SMALL,
    TRANSFORMER_UNKNOWN_TOKEN,
} transformer_status;

typedef struct transformer transformer;
typedef struct transformer_workspace transformer_workspace;

// Loads OpenBLAS, once per process. Must succeed before a model is opened. Returns NULL on
// success, or the reason for the failure.
const char *transformer_load_products(void);

// OpenBLAS's name of the kernels in use, for example "Haswell"; NULL before it is loaded.
const char *transformer_kernels(void);

// Opens all-MiniLM-L6-v2 (6 layers) from an open safetensors file, which is mapped into memory.
//
// The caller may close the file afterwards. The file must not be truncated while the model is open:
// replace it by renaming. Returns NULL on failure and writes the reason to `error` (at most
// `error_size` bytes).
transformer *transformer_open_minilm(int file, char *error, size_t error_size);

// Opens multilingual-e5-small (12 layers) from an open file of 4-bit weights, as
// `transformer_open_minilm` does. Expands the layers to 85 MB of float; the words stay mapped.
transformer *transformer_open_e5(int file, char *error, size_t error_size);

void transformer_close(transformer *model);

// Memory for passes over up to `tokens_max` tokens, about 15 KB per token, for any model. Returns
// NULL if `tokens_max` is less than 1 or memory is insufficient.
transformer_workspace *transformer_workspace_create(int32_t tokens_max);

void transformer_workspace_destroy(transformer_workspace *workspace);

// Runs sequences through the model in one pass, without padding.
//
// ids:     the sequences one after another, each with its control tokens.
// lengths: tokens of each sequence, 1...TRANSFORMER_POSITIONS, `sequences` numbers.
// means:   receives [sequences, TRANSFORMER_WIDTH]: the mean of each sequence's token vectors, not
//          normalised.
// Writes to `means` only if it returns TRANSFORMER_OK.
transformer_status transformer_embed(const transformer *model, transformer_workspace *workspace,
                                     const int32_t *ids, const int32_t *lengths,
                                     int32_t sequences, float *means);

// The canonical decomposition of a Unicode scalar (NFD) without its nonspacing marks.
//
// Returns the number of scalars written to `parts` (0...3), or -1 if the scalar has no
// decomposition.
int text_strip_accents(uint32_t scalar, uint32_t parts[3]);

// A SentencePiece tokenizer of the unigram kind, with the normalisation `nmt_nfkc`.
typedef struct unigram unigram;

// The tokens of a text, in order.
typedef struct {
    int32_t *ids;
    bool *continues; // whether each token continues the word of the previous one
    size_t count;
} unigram_tokens;

// Opens the tokenizer in the file of `transformer_open_e5`, under the same conditions.
unigram *unigram_open(int file, char *error, size_t error_size);

void unigram_close(unigram *tokenizer);

// Splits well-formed UTF-8 into tokens, without control tokens. The names of control tokens, such
// as "</s>", are ordinary text. Returns false if memory is insufficient.
bool unigram_split(const unigram *tokenizer, const char *text, size_t length,
                   unigram_tokens *tokens);

void unigram_tokens_free(unigram_tokens *tokens);

#endif
