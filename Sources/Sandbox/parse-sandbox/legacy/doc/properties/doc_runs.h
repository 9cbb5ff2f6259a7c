// Runs of characters and of paragraphs with the same properties. They are stored by the bytes of
// the file that they cover, in pages of 512 bytes.
#pragma once

#include "view.h"

struct run {
    /// Bytes of the Word stream, from `start` to before `end`.
    uint32_t start, end;
    /// Where the properties are in the Word stream.
    uint32_t at, length;
};

struct runs {
    struct run *runs;
    size_t count;
};

/// Reads all runs of characters: lists of property changes.
struct runs character_runs(void);
/// Reads all runs of paragraphs: a style's index, then a list of property changes.
struct runs paragraph_runs(void);

/// Index of the first run that ends behind a byte; `count` if there is none.
size_t run_at(const struct runs *runs, uint32_t byte);
struct view run_properties(const struct run *run);
