#include "profiles.h"

#include <stdlib.h>
#include <string.h>

struct profile *profiles_new(const struct block *block) {
    size_t count = (size_t)(block->right - block->left + 1);
    struct profile *profiles = checked_realloc(NULL, count, sizeof *profiles);
    return memset(profiles, 0, count * sizeof *profiles);
}

bool is_year(const char *text) {
    bool is_long = strspn(text, "0123456789") == 4 && !text[4];
    return is_long && strcmp(text, "1900") >= 0 && strcmp(text, "2100") <= 0;
}

void profiles_add(struct profile *profiles, const struct block *block, size_t line) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].flags & CELL_IS_COVERED_FROM_LEFT) continue;
        struct profile *profile = &profiles[cells[i].column - block->left];
        switch ((enum cell_kind)cells[i].kind) {
        case CELL_TEXT: profile->texts++; break;
        case CELL_NUMBER:
            profile->numbers++;
            profile->years += is_year(text_of(&cells[i]));
            break;
        case CELL_DATE: profile->dates++; break;
        case CELL_FLAG: profile->flags++; break;
        case CELL_MARK: break;
        }
    }
}

enum cell_kind profile_kind(const struct profile *profile) {
    uint32_t typed = profile->numbers + profile->dates + profile->flags;
    if (typed + profile->texts == 0) return CELL_MARK;
    if (typed < profile->texts) return CELL_TEXT;
    if (profile->numbers >= profile->dates && profile->numbers >= profile->flags) {
        return CELL_NUMBER;
    }
    return profile->dates >= profile->flags ? CELL_DATE : CELL_FLAG;
}
