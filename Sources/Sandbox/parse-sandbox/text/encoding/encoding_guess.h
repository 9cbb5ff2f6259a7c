// Guesses the encoding of a text that does not declare one.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <unicode/utypes.h>

#include "buffer.h"

struct encoding_guess {
    /// A name that ICU knows; NULL if no encoding fits.
    const char *encoding;
    /// Whether another encoding, which gives another text, fits nearly as well.
    bool is_close;
};

/// Guesses by the text that each encoding gives: its letters and words are those of a language, its
/// capitals begin words, and its signs are where signs usually are.
struct encoding_guess encoding_guess(const struct buffer *text);

/// A language: what its texts consist of beside ASCII letters.
struct language {
    const char *name;
    /// Frequent words of ASCII letters, separated by blanks.
    const char *words;
    /// Its letters in lower case: the frequent ones, and others.
    const char *frequent, *others;
};

extern const struct language languages[];
extern const size_t language_count;

enum { encoding_sample_max = 8192 };

/// The text that an encoding gives, and what is counted in it.
struct reading {
    UChar text[encoding_sample_max];
    int32_t length;
    /// The letters outside of ASCII, in lower case, sorted.
    UChar letters[encoding_sample_max];
    size_t letter_count;
    /// The characters outside of ASCII, and what their places are worth.
    size_t count;
    double places;
};

/// Sets the members of a reading from `letters` on.
void encoding_count(struct reading *reading);
/// The sum over all letters: 3 for a frequent one, down to -3 for one of another language.
double encoding_worth_of_letters(const struct reading *reading,
                                 const struct language *language);
/// The number of words that are frequent in the language, up to 30.
double encoding_worth_of_words(const struct buffer *sample, const struct language *language);
