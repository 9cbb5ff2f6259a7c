// What the values of each column of a block are.
#pragma once

#include "window.h"

struct profile { uint32_t numbers, dates, flags, texts, years; };

/// One profile for each column of the block. The caller frees them.
struct profile *profiles_new(const struct block *block);
void profiles_add(struct profile *profiles, const struct block *block, size_t line);

/// CELL_NUMBER, CELL_DATE or CELL_FLAG if at least half of the values are such; CELL_MARK if there
/// are no values.
enum cell_kind profile_kind(const struct profile *profile);
/// Whether the column has values that are not text.
static inline bool profile_is_typed(const struct profile *profile) {
    enum cell_kind kind = profile_kind(profile);
    return kind != CELL_TEXT && kind != CELL_MARK;
}

/// A whole number from 1900 to 2100.
bool is_year(const char *text);
