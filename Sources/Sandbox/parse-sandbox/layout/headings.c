#include "headings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    /// The lines below a heading row that are compared with it.
    sample_lines = 200,
    heading_bytes_max = 250,
    /// The labels between two tables that have no blank row between them.
    labels_max = 4,
};

/// Whether a number can be a heading: a year above other values.
static bool is_heading_year(const struct cell *cell, const struct profile *below) {
    if (!is_year(text_of(cell))) return false;
    uint32_t values = below->numbers + below->dates + below->flags + below->texts;
    return values && below->years * 2 < values;
}

/// Whether the numbers of a line count 1, 2, 3 …, as the days of a month do.
static bool counts_up(const struct cell *cells, size_t count) {
    size_t numbers = 0;
    long last = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].kind != CELL_NUMBER) continue;
        const char *text = text_of(&cells[i]);
        if (text[strspn(text, "0123456789")]) return false;
        long number = strtol(text, NULL, 10);
        if (numbers++ ? number != last + 1 : number > 1) return false;
        last = number;
    }
    return numbers >= 5;
}

static bool has_digit(const char *text) { return strpbrk(text, "0123456789") != NULL; }

/// How the texts of a column resemble the text above them.
struct likeness { size_t count, equal, with_digits, with_at, bytes; };

static struct likeness likeness_of(const struct cell *heading, size_t below, size_t end) {
    struct likeness like = {0};
    for (size_t line = below; line < end; line++) {
        const struct cell *cell = cell_at(line, heading->column);
        if (!cell || cell->kind == CELL_MARK) continue;
        const char *text = text_of(cell);
        like.count++;
        like.equal += !strcmp(text, text_of(heading));
        like.with_digits += has_digit(text);
        like.with_at += strchr(text, '@') || strstr(text, "://");
        like.bytes += strlen(text);
    }
    return like;
}

/// Compares a line with columns of text: above 0 if it differs from them as headings do, below 0
/// if it is a record like the others.
static int compare_texts(const struct block *block, size_t line, size_t below, size_t end) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    int difference = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].kind != CELL_TEXT || cells[i].flags & CELL_IS_COVERED_FROM_LEFT) continue;
        struct likeness like = likeness_of(&cells[i], below, end);
        const char *text = text_of(&cells[i]);
        if (like.count < 2) continue;
        bool mostly_digits = like.with_digits * 5 >= like.count * 4;
        bool mostly_addresses = like.with_at * 5 >= like.count * 4;
        size_t mean = like.bytes / like.count;
        if (like.equal) difference -= 2;
        else if (mostly_addresses) difference += strchr(text, '@') || strstr(text, "://") ? -3 : 3;
        else if (mostly_digits) difference += has_digit(text) ? -1 : 1;
        else if (mean >= 20 && mean > 3 * strlen(text)) difference++;
    }
    return difference;
}

/// Whether less than half of the lines are emphasised.
static bool are_mostly_plain(const struct block *block, size_t first, size_t end) {
    size_t emphasised = 0;
    for (size_t line = first; line < end; line++) {
        emphasised += features_of(block, line).is_emphasised;
    }
    return emphasised * 2 < end - first;
}

/// Counts the values that can be headings, and those above values of another kind.
/// Returns false if there is a value that no heading has.
static bool count_headings(const struct block *block, size_t line, const struct profile *profiles,
                           size_t *headings, size_t *typed) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    bool is_count = counts_up(cells, count);
    for (size_t i = 0; i < count; i++) {
        const struct profile *below = &profiles[cells[i].column - block->left];
        enum cell_kind kind = profile_kind(below);
        if (cells[i].kind == CELL_MARK || cells[i].flags & CELL_IS_COVERED_FROM_LEFT) continue;
        if (cells[i].kind == CELL_FLAG) return false;
        if (cells[i].kind == CELL_DATE && (kind == CELL_DATE || kind == CELL_TEXT)) return false;
        if (cells[i].kind == CELL_NUMBER && !is_count && !is_heading_year(&cells[i], below)) {
            return false;
        }
        if (strlen(text_of(&cells[i])) > heading_bytes_max) return false;
        *headings += 1;
        bool differs = cells[i].kind != CELL_TEXT || profile_is_typed(below);
        *typed += differs && kind != CELL_MARK;
    }
    return true;
}

enum evidence heading_evidence(const struct block *block, size_t line, size_t below, size_t end) {
    if (end > below + sample_lines) end = below + sample_lines;
    if (below >= end) return features_of(block, line).typed ? HEADING_NO : HEADING_MAYBE;
    struct profile *profiles = profiles_new(block);
    for (size_t i = below; i < end; i++) profiles_add(profiles, block, i);
    size_t headings = 0, typed = 0;
    bool fits = count_headings(block, line, profiles, &headings, &typed);
    free(profiles);
    if (!fits || headings < 2) return HEADING_NO;
    bool stands_out =
        features_of(block, line).is_emphasised && are_mostly_plain(block, below, end);
    bool is_frozen = window.lines[line].row + 1 == frozen_rows;
    if (typed || stands_out || is_frozen) return HEADING_YES;
    int difference = compare_texts(block, line, below, end);
    return difference > 0 ? HEADING_YES : difference < 0 ? HEADING_NO : HEADING_MAYBE;
}

/// Whether a merged cell of `above` covers several columns, so that their names follow below.
static bool has_groups(const struct block *block, size_t above) {
    struct features features = features_of(block, above);
    return features.widest > 1 && features.filled > 1;
}

/// Whether the line has values only where the line above has none or a merged cell.
static bool completes(const struct block *block, size_t above, size_t line) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_covered(&cells[i])) continue;
        const struct cell *upper = cell_at(above, cells[i].column);
        const struct cell *next = cell_at(above, cells[i].column + 1);
        bool is_group = upper && (upper->flags & CELL_IS_COVERED_FROM_LEFT ||
                                  (next && next->flags & CELL_IS_COVERED_FROM_LEFT));
        if (upper && !is_group) return false;
    }
    return true;
}

bool heading_goes_on(const struct block *block, size_t above, size_t line, size_t end) {
    if (line + 1 >= end) return false;
    struct features upper = features_of(block, above), lower = features_of(block, line);
    if (!lower.filled || lower.filled == 1) return false;
    enum evidence evidence = heading_evidence(block, line, line + 1, end);
    if (evidence == HEADING_NO) return false;
    const struct cell *first = cell_at(line, block->left);
    bool begins_blank = !first || is_covered(first);
    if (has_groups(block, above)) {
        return completes(block, above, line) || evidence == HEADING_YES;
    }
    bool stands_out = upper.is_emphasised && lower.is_emphasised &&
        are_mostly_plain(block, line + 1, end);
    return stands_out || (begins_blank && evidence == HEADING_YES);
}

static bool begins_upper(const char *text) {
    return !islower((unsigned char)*text);
}

/// Whether the line is a heading row by what is in the columns of the records above it.
static bool is_heading_below(const struct block *block, size_t line,
                             const struct profile *profiles, bool after_label) {
    size_t count, texts = 0, columns = 0;
    const struct cell *cells = cells_of(block, line, &count);
    const char *first = NULL;
    bool differ = false;
    for (size_t i = 0; i < count; i++) {
        const struct profile *profile = &profiles[cells[i].column - block->left];
        if (!profile_is_typed(profile) || cells[i].kind == CELL_MARK) continue;
        bool is_heading = cells[i].kind == CELL_TEXT || is_heading_year(&cells[i], profile);
        if (!is_heading || !begins_upper(text_of(&cells[i]))) return false;
        differ |= first && strcmp(first, text_of(&cells[i]));
        if (!first) first = text_of(&cells[i]);
        texts++;
    }
    if (!texts) return false;
    for (long i = 0; i <= block->right - block->left; i++) {
        columns += profile_is_typed(&profiles[i]);
    }
    bool begins_blank = !cell_at(line, block->left);
    if (texts * 10 < columns * 6) return false;
    return (texts >= 2 && differ) || (texts == 1 && (after_label || begins_blank));
}

/// Whether the next records have values of other kinds than text below the heading row.
static bool heads_records(const struct block *block, size_t line) {
    for (size_t next = line + 1; next < block->last && next <= line + labels_max; next++) {
        size_t count;
        const struct cell *cells = cells_of(block, next, &count);
        for (size_t i = 0; i < count; i++) {
            const struct cell *above = cell_at(line, cells[i].column);
            bool is_typed = cells[i].kind != CELL_TEXT && cells[i].kind != CELL_MARK;
            if (is_typed && above && above->kind == CELL_TEXT) return true;
        }
    }
    return false;
}

bool begins_table(const struct block *block, size_t line, const struct profile *profiles,
                  bool has_emphasised_records, size_t *heading) {
    for (size_t next = line; next < block->last && next <= line + labels_max; next++) {
        struct features features = features_of(block, next);
        bool stands_out = features.is_emphasised && !has_emphasised_records;
        if (features.filled >= 2 &&
            (stands_out ? !features.typed
                        : is_heading_below(block, next, profiles, next > line)) &&
            heads_records(block, next)) {
            *heading = next;
            return true;
        }
        // A label above a heading row has no values of the records' kinds.
        if (features.typed || features.filled > 2) return false;
    }
    return false;
}
