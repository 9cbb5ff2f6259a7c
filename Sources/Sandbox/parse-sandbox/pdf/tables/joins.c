// Joins the lines of a table's cells, and finds its heading rows.
#include <math.h>
#include <stdlib.h>

#include "pdf_rows.h"

enum { heading_rows_max = 4 };

static const struct pdf_run *run;

static const struct pdf_row *row_at(size_t at) { return &run->rows->items[at]; }

/// The fragment of a row that is in a column, or NULL.
static const struct pdf_fragment *cell(const struct pdf_row *row, int column) {
    for (size_t i = 0; i < row->count; i++) {
        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
        if (pdf_run_column(run, fragment, NULL) == column) return fragment;
    }
    return NULL;
}

static float step_above(size_t at) { return row_at(at - 1)->baseline - row_at(at)->baseline; }

/// Whether a rule over most of the table is between two heights.
static bool has_rule_between(float top, float bottom) {
    const struct pdf_rules *rules = &run->text->across;
    float left = run->columns[0].left, right = run->columns[run->column_count - 1].right;
    float covered = 0;
    for (size_t i = 0; i < rules->count; i++) {
        const struct pdf_rule *rule = &rules->items[i];
        if (rule->at > top || rule->at < bottom) continue;
        float part = fminf(rule->to, right) - fmaxf(rule->from, left);
        if (part > 0) covered += part;
    }
    return covered > 0.6f * (right - left);
}

static int common_step(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

/// Texts nearer than this to each other are in the same row of the table: two lines of one cell
/// cannot be, so one of them is centred next to the other.
static float overlap(size_t at) { return 0.8f * fminf(row_at(at)->size, row_at(at - 1)->size); }

/// The smallest step between rows: that of the lines of one cell, if cells have several.
static float least_step(void) {
    size_t count = 0;
    float *steps = checked_realloc(NULL, run->end - run->first, sizeof *steps);
    for (size_t at = run->first + 1; at < run->end; at++) {
        if (step_above(at) > overlap(at)) steps[count++] = step_above(at);
    }
    qsort(steps, count, sizeof *steps, common_step);
    float least = count ? steps[0] : 0;
    free(steps);
    return least;
}

/// Whether all cells of a row continue cells that reach the end of their columns in the row above.
static bool is_wrapped(size_t at) {
    const struct pdf_row *row = row_at(at), *above = row - 1;
    if (cell(row, 0)) return false;
    for (size_t i = 0; i < row->count; i++) {
        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
        int column = pdf_run_column(run, fragment, NULL);
        const struct pdf_fragment *upper = cell(above, column);
        size_t glyphs = fragment->end - fragment->first;
        if (!upper || upper->end - upper->first < 8 || glyphs < 2) return false;
        float width = run->columns[column].right - run->columns[column].left;
        if (run->columns[column].right - upper->box.right > 0.45f * width) return false;
    }
    return true;
}

/// Whether a row has figures in most of the columns, as the row has that its own would continue.
/// Then it is a row of its own, next to a cell that is centred between rows.
static bool repeats_columns(size_t at) {
    const struct pdf_row *row = row_at(at);
    int count = pdf_row_columns(run, row);
    size_t figures = 0;
    for (size_t i = 0; i < row->count; i++) {
        uint32_t first = run->text->glyphs[pdf_row_fragment(run, row, i)->first].unicode;
        figures += first >= '$' && first <= '9';
    }
    if (count < 2 || count * 5 < run->column_count * 3 || figures * 2 < row->count) return false;
    for (size_t above = at; above-- > run->first;) {
        int common = 0;
        for (int column = 0; column < run->column_count; column++) {
            common += cell(row, column) && cell(row_at(above), column);
        }
        if (common * 3 >= count * 2) return true;
        if (!row_at(above)->continues) return false;
    }
    return false;
}

static void mark_continued(void) {
    float least = least_step();
    size_t rows = run->end - run->first, wide = 0, tight = 0, ruled = 0, tight_starts = 0;
    for (size_t at = run->first + 1; at < run->end; at++) {
        bool is_wide = step_above(at) > 1.25f * least;
        bool starts = cell(row_at(at), 0) && row_at(at)->count > 1;
        wide += is_wide;
        tight += !is_wide && step_above(at) > overlap(at);
        tight_starts += !is_wide && starts && step_above(at) > overlap(at);
        ruled += has_rule_between(row_at(at - 1)->baseline, row_at(at)->baseline);
    }
    bool by_rules = ruled >= 2 && ruled * 4 >= rows;
    bool by_steps = wide >= 2 && tight_starts <= wide;
    for (size_t at = run->first + 1; at < run->end; at++) {
        struct pdf_row *row = &run->rows->items[at];
        if (step_above(at) < overlap(at)) {
            row->continues = !repeats_columns(at);
        } else if (by_rules) {
            row->continues = !has_rule_between(row_at(at - 1)->baseline, row->baseline) &&
                !repeats_columns(at);
        } else if (by_steps) {
            // Where cells seldom have several lines, the first one has one.
            row->continues = step_above(at) <= 1.25f * least &&
                (tight * 6 > rows || !cell(row, 0));
        } else {
            row->continues = step_above(at) <= 1.6f * least && is_wrapped(at);
        }
    }
}

static bool is_bold(const struct pdf_row *row) {
    for (size_t i = 0; i < row->count; i++) {
        if (!pdf_row_fragment(run, row, i)->bold) return false;
    }
    return true;
}

static bool has_digits(const struct pdf_row *row) {
    for (size_t i = 0; i < row->count; i++) {
        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
        for (size_t g = fragment->first; g < fragment->end; g++) {
            uint32_t unicode = run->text->glyphs[g].unicode;
            if (unicode >= '0' && unicode <= '9') return true;
        }
    }
    return false;
}

/// Rows above the first rule in the table, else bold rows above rows that are not, else several
/// rows without figures above rows that have some. 0 if there is no such row.
static size_t heading_rows(void) {
    size_t rows = run->end - run->first, most = rows - 1;
    if (most > heading_rows_max) most = heading_rows_max;
    for (size_t count = 1; count <= most; count++) {
        size_t at = run->first + count;
        if (has_rule_between(row_at(at - 1)->baseline, row_at(at)->baseline)) return count;
    }
    size_t bold = 0;
    while (bold < most && is_bold(row_at(run->first + bold))) bold++;
    if (bold && !is_bold(row_at(run->first + bold))) return bold;
    size_t plain = 0;
    while (plain < most && !has_digits(row_at(run->first + plain))) plain++;
    if (plain == 1 && most > 1) return 1;
    bool partial = plain > 1 && (!cell(row_at(run->first), 0) || row_at(run->first + 1)->continues);
    return partial && plain < most ? plain : 0;
}

int pdf_join_rows(const struct pdf_run *table) {
    run = table;
    size_t headings = heading_rows();
    mark_continued();
    // The lines of a heading become one heading row by the writer.
    for (size_t i = 0; i < headings; i++) run->rows->items[run->first + i].continues = false;
    run->rows->items[run->first + headings].continues = false;
    return (int)headings;
}
