#include "window.h"

struct window window;

const struct cell *cells_of(const struct block *block, size_t line, size_t *count) {
    const struct cell *cells = window.cells + window.lines[line].first;
    size_t low = 0, end = window.lines[line].count, high = end;
    if (end && cells[0].column >= block->left) high = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cells[middle].column < block->left) low = middle + 1;
        else high = middle;
    }
    size_t last = low;
    if (end && cells[end - 1].column <= block->right) last = end;
    while (last < end && cells[last].column <= block->right) last++;
    *count = last - low;
    return cells + low;
}

const struct cell *cell_at(size_t line, long column) {
    struct block place = {line, line + 1, column, column};
    size_t count;
    const struct cell *cell = cells_of(&place, line, &count);
    return count ? cell : NULL;
}

struct features features_of(const struct block *block, size_t line) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    struct features features = {.column = -1, .is_emphasised = true};
    long width = 0;
    for (size_t i = 0; i < count; i++) {
        bool goes_on = cells[i].flags & CELL_IS_COVERED_FROM_LEFT && features.filled;
        width = goes_on ? width + 1 : 1;
        if (width > features.widest) features.widest = width;
        if (goes_on) continue;
        if (!features.filled++) {
            features.column = cells[i].column;
            features.cell = &cells[i];
        }
        features.texts += cells[i].kind == CELL_TEXT;
        features.typed += cells[i].kind != CELL_TEXT && cells[i].kind != CELL_MARK;
        features.is_emphasised &= (cells[i].flags & CELL_IS_EMPHASISED) != 0;
    }
    features.is_emphasised &= features.filled > 0;
    return features;
}

bool sheet_block_trim(struct block *block) {
    long left = sheet_columns_max, right = -1;
    size_t first = block->last, last = block->first;
    for (size_t line = block->first; line < block->last; line++) {
        size_t count;
        const struct cell *cells = cells_of(block, line, &count);
        if (!count) continue;
        if (line < first) first = line;
        last = line + 1;
        if (cells[0].column < left) left = cells[0].column;
        if (cells[count - 1].column > right) right = cells[count - 1].column;
    }
    *block = (struct block){first, last, left, right};
    return first < last;
}
