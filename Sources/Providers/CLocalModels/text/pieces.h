// The pieces of a unigram tokenizer, found by their bytes.
#ifndef PIECES_H
#define PIECES_H

#include "e5_file.h"

typedef struct {
    uint32_t count, unknown;
    uint32_t *starts; // count + 1 offsets into `text`
    float *scores;    // log probabilities
    const char *text; // in the file
    float unknown_score;
    uint32_t *slots;     // open addressing: a piece's id + 1, or 0
    uint64_t *beginnings; // a bit for the hash of each piece's beginnings: a filter
} pieces;

// Reads a model's pieces; NULL on success, otherwise what is wrong with them. `text` points into
// the file.
const char *pieces_read(pieces *all, const e5_file *file);

void pieces_free(pieces *all);

// A walk from a byte of a text over the pieces that begin there.
typedef struct {
    const char *text;
    size_t length;
    uint64_t hash;
} piece_walk;

piece_walk piece_walk_begin(const char *text);

// Adds the next `byte_count` bytes. Returns false if no piece begins with the bytes up to here.
// Otherwise sets `id` to the piece of exactly these bytes, or to -1.
bool piece_walk_advance(const pieces *all, piece_walk *walk, size_t byte_count, int32_t *id);

#endif
