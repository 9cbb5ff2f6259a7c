#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "pairs.h"
#include "profiles.h"

/// The names above a run of columns that have names themselves.
struct run { long first, last, first_name, last_name; size_t names; };

/// The next run after a column; false if there is none.
static bool next_run(const struct block *block, size_t line, long after, struct run *run) {
    long column = after + 1;
    while (column <= block->right && !cell_at(line + 1, column)) column++;
    *run = (struct run){.first = column, .first_name = -1};
    for (; column <= block->right && cell_at(line + 1, column); column++) {
        run->last = column;
        if (!cell_at(line, column)) continue;
        if (!run->names++) run->first_name = column;
        run->last_name = column;
    }
    return run->first <= block->right;
}

void group_names(const struct block *block, size_t line, const char **names) {
    for (long column = block->left; column <= block->right; column++) {
        const struct cell *cell = cell_at(line, column);
        names[column - block->left] = cell ? text_of(cell) : NULL;
    }
    if (features_of(block, line).widest > 1) return;
    struct run run = {.last = block->left};
    while (next_run(block, line, run.last, &run)) {
        bool is_whole = run.first == block->left + 1 && run.last == block->right;
        bool is_one_group = run.names == 1 && !is_whole;
        // A name above the last column alone can be that of all columns before it, too.
        bool is_unclear = run.last_name == run.last && run.first_name > run.first;
        if (!run.names || (is_unclear && !is_one_group)) continue;
        const char *name = is_one_group ? names[run.first_name - block->left] : NULL;
        for (long column = run.first; column <= run.last; column++) {
            const char **own = &names[column - block->left];
            if (*own) name = *own;
            else *own = name;
        }
    }
}

bool names_groups(const struct block *block, size_t line) {
    struct features features = features_of(block, line);
    bool is_title = features.filled == 1 && features.column == block->left;
    if (!features.filled || is_title) return false;
    long width = block->right - block->left + 1;
    if (features.widest > 1) return features.widest < width;
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    if (features.typed && !is_year(text_of(&cells[count - 1]))) return false;
    if (features.filled == 1 || is_pair(block, line)) return false;
    const char **names = checked_realloc(NULL, (size_t)width, sizeof *names);
    group_names(block, line, names);
    size_t named = 0, grouped = 0;
    for (long column = block->left + 1; column <= block->right; column++) {
        if (!cell_at(line + 1, column)) continue;
        named++;
        grouped += names[column - block->left] != NULL;
    }
    free(names);
    return grouped * 10 >= named * 6;
}
