// SentencePiece's normalisation `nmt_nfkc`: compatible forms are unified, accents composed, control
// characters removed, and blanks of all kinds become spaces.
#ifndef NORMALISER_H
#define NORMALISER_H

#include "e5_file.h"

// How single scalars are written, by scalar.
typedef struct {
    uint32_t count;
    uint32_t *scalars;       // ascending
    uint32_t *starts;        // count + 1 offsets into `replacements`
    uint32_t *replacements;  // the scalars that replace each
} normaliser;

// Reads a model's rules; NULL on success, otherwise what is wrong with them.
const char *normaliser_read(normaliser *rules, const e5_file *file);

void normaliser_free(normaliser *rules);

// UTF-8 that grows.
typedef struct {
    char *bytes;
    size_t length, capacity;
    bool failed; // memory was insufficient; everything since is lost
} growing_text;

// Appends the normalised text to `output`: each word with U+2581 before it, without blanks. Two
// neighbouring words are thus separated by one U+2581.
void normaliser_apply(const normaliser *rules, const char *text, size_t length,
                      growing_text *output);

// The scalar that a sequence of scalars composes, as by Unicode's canonical composition of whole
// decompositions. Returns the number of scalars it is made of (2...4), or 0 if there is none.
int text_compose(const uint32_t *scalars, int count, uint32_t *composed);

#endif
