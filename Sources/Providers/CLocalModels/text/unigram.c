// Splits text into the pieces whose probabilities have the largest product, as SentencePiece does.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CLocalModels.h"
#include "mapping.h"
#include "normaliser.h"
#include "pieces.h"

struct unigram {
    mapping file;
    pieces pieces;
    normaliser normaliser;
};

unigram *unigram_open(int file, char *error, size_t error_size) {
    e5_file parts;
    unigram *tokenizer = calloc(1, sizeof *tokenizer);
    if (!tokenizer) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    if (!mapping_open(&tokenizer->file, file, error, error_size)) {
        unigram_close(tokenizer);
        return NULL;
    }
    const char *fault = e5_file_split(tokenizer->file.bytes, tokenizer->file.length, &parts);
    if (!fault) fault = pieces_read(&tokenizer->pieces, &parts);
    if (!fault) fault = normaliser_read(&tokenizer->normaliser, &parts);
    if (!fault) return tokenizer;
    snprintf(error, error_size, "%s", fault);
    unigram_close(tokenizer);
    return NULL;
}

void unigram_close(unigram *tokenizer) {
    if (!tokenizer) return;
    pieces_free(&tokenizer->pieces);
    normaliser_free(&tokenizer->normaliser);
    mapping_close(&tokenizer->file);
    free(tokenizer);
}

// The best way to split a text up to a byte: the last piece and where it begins.
typedef struct {
    int32_t id;
    float score;
    uint32_t start; // UNREACHED if no piece ends at this byte
} ending;

static const uint32_t UNREACHED = UINT32_MAX;

static size_t scalar_length(const char *text) {
    unsigned char first = (unsigned char)*text;
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static void improve(ending *ending, int32_t id, float score, size_t start) {
    if (ending->start != UNREACHED && score <= ending->score) return;
    ending->id = id;
    ending->score = score;
    ending->start = (uint32_t)start;
}

// Considers every piece that begins at `start`. A scalar that is not a piece is unknown.
static void extend(const pieces *all, const growing_text *text, ending *endings, size_t start) {
    float score = endings[start].score;
    size_t first = scalar_length(text->bytes + start), size = first;
    piece_walk walk = piece_walk_begin(text->bytes + start);
    bool is_known = false;
    int32_t id;
    while (piece_walk_advance(all, &walk, size, &id)) {
        size_t end = start + walk.length;
        if (id >= 0) improve(&endings[end], id, score + all->scores[id], start);
        is_known |= id >= 0 && walk.length == first;
        if (end >= text->length) break;
        size = scalar_length(text->bytes + end);
    }
    if (!is_known) {
        improve(&endings[start + first], (int32_t)all->unknown, score + all->unknown_score, start);
    }
}

static bool begins_word(const growing_text *text, size_t start) {
    return text->length - start >= 3 && memcmp(text->bytes + start, "\xE2\x96\x81", 3) == 0;
}

// Reads the pieces back from the last. Neighbouring unknown scalars are one token.
static void collect(const pieces *all, const growing_text *text, const ending *endings,
                    unigram_tokens *tokens) {
    size_t end = text->length, first = text->length; // tokens are written from the end
    while (end > 0) {
        const ending *last = &endings[end];
        bool is_fused = last->id == (int32_t)all->unknown && first < text->length
            && tokens->ids[first] == last->id;
        if (!is_fused) first--;
        tokens->ids[first] = last->id;
        tokens->continues[first] = last->start > 0 && !begins_word(text, last->start);
        end = last->start;
    }
    tokens->count = text->length - first;
    memmove(tokens->ids, tokens->ids + first, tokens->count * sizeof *tokens->ids);
    memmove(tokens->continues, tokens->continues + first,
            tokens->count * sizeof *tokens->continues);
}

static bool split_normalised(const pieces *all, const growing_text *text, unigram_tokens *tokens) {
    ending *endings = malloc((text->length + 1) * sizeof *endings);
    tokens->ids = malloc((text->length + 1) * sizeof *tokens->ids);
    tokens->continues = malloc((text->length + 1) * sizeof *tokens->continues);
    bool has_memory = endings && tokens->ids && tokens->continues;
    if (has_memory) {
        endings[0] = (ending){.score = 0, .start = 0};
        for (size_t i = 1; i <= text->length; i++) endings[i].start = UNREACHED;
        for (size_t i = 0; i < text->length; i += scalar_length(text->bytes + i)) {
            extend(all, text, endings, i);
        }
        collect(all, text, endings, tokens);
    }
    free(endings);
    return has_memory;
}

bool unigram_split(const unigram *tokenizer, const char *text, size_t length,
                   unigram_tokens *tokens) {
    growing_text normalised = {0};
    *tokens = (unigram_tokens){0};
    normaliser_apply(&tokenizer->normaliser, text, length, &normalised);
    bool has_memory = !normalised.failed && normalised.length < UINT32_MAX
        && split_normalised(&tokenizer->pieces, &normalised, tokens);
    free(normalised.bytes);
    return has_memory;
}

void unigram_tokens_free(unigram_tokens *tokens) {
    free(tokens->ids);
    free(tokens->continues);
    *tokens = (unigram_tokens){0};
}
