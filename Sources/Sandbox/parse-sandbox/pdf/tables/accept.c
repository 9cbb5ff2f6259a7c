// Decides whether a run of rows with common gaps is a table. Lists, tables of contents, code,
// captions of drawings and pairs of paragraphs have such gaps, too.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_rows.h"

static const struct pdf_run *run;

/// What the cells of a run are like.
static struct {
    /// Rows with two cells or more.
    int full_rows, cells, glyphs, figures, later_cells, monospaced, spanning, bullets, lined_up;
} seen;

/// Whether most of a text is digits, signs and units.
static bool is_figure(const struct pdf_fragment *fragment) {
    int digits = 0, letters = 0;
    for (size_t g = fragment->first; g < fragment->end; g++) {
        uint32_t unicode = run->text->glyphs[g].unicode;
        digits += unicode >= '0' && unicode <= '9';
        letters += (unicode | 0x20) >= 'a' && (unicode | 0x20) <= 'z';
        letters += unicode > 0xbf;
    }
    uint32_t first = run->text->glyphs[fragment->first].unicode;
    bool is_dash = fragment->end - fragment->first == 1 &&
        (first == '-' || first == 0x2212 || (first >= 0x2010 && first <= 0x2015));
    return is_dash || (digits > 0 && letters <= digits + 1);
}

/// Whether a text is a bullet or the number of an item: "•", "1.", "(a)", "[12]", "2.3.1".
static bool is_mark(const struct pdf_fragment *fragment) {
    size_t count = fragment->end - fragment->first;
    if (count > 7) return false;
    int letters = 0, digits = 0, points = 0;
    for (size_t g = fragment->first; g < fragment->end; g++) {
        uint32_t unicode = run->text->glyphs[g].unicode;
        if (unicode >= '0' && unicode <= '9') digits++;
        else if ((unicode | 0x20) >= 'a' && (unicode | 0x20) <= 'z') letters++;
        else points++;
    }
    return (points > 0 && letters + digits == 0) || (points > 0 && letters <= 1) ||
        (count == 1 && letters + digits == 1);
}

static bool is_bullet(const struct pdf_fragment *fragment) {
    uint32_t unicode = run->text->glyphs[fragment->first].unicode;
    return fragment->end - fragment->first == 1 &&
        (unicode == 0x2022 || unicode == 0x25cf || unicode == 0x25cb || unicode == 0x25aa ||
         unicode == 0x25a0 || unicode == 0xf0b7 || unicode == 0x25e6);
}

/// How many cells of a column begin, end or are centred at the place most do.
static int lined_up(int column) {
    int best = 0;
    for (int edge = 0; edge < 3; edge++) {
        for (size_t r = run->first; r < run->end && r < run->first + 4; r++) {
            int same = 0;
            float wanted = NAN, slack = 0.5f * run->rows->items[r].size;
            for (size_t pass = 0; pass < 2; pass++) {
                size_t from = pass ? run->first : r, to = pass ? run->end : r + 1;
                for (size_t at = from; at < to; at++) {
                    const struct pdf_row *row = &run->rows->items[at];
                    for (size_t i = 0; i < row->count; i++) {
                        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
                        int span;
                        if (pdf_run_column(run, fragment, &span) != column || span > 1) continue;
                        float left = fragment->box.left, right = fragment->box.right;
                        float place = edge == 0 ? left : edge == 1 ? right : (left + right) / 2;
                        if (!pass) wanted = place;
                        else same += fabsf(place - wanted) < slack;
                    }
                }
            }
            if (same > best) best = same;
        }
    }
    return best;
}

static void look(void) {
    memset(&seen, 0, sizeof seen);
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        seen.full_rows += pdf_row_columns(run, row) > 1;
        for (size_t i = 0; i < row->count; i++) {
            const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
            int span, column = pdf_run_column(run, fragment, &span);
            seen.cells++;
            seen.glyphs += (int)(fragment->end - fragment->first);
            seen.monospaced += fragment->monospaced;
            seen.bullets += is_bullet(fragment);
            seen.spanning += span > 1;
            if (column == 0) continue;
            seen.later_cells++;
            seen.figures += is_figure(fragment);
        }
    }
    for (int column = 0; column < run->column_count; column++) seen.lined_up += lined_up(column);
}

/// Whether the first cells are marks of items, apart from a heading.
static bool has_marks(void) {
    int marks = 0, others = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        const struct pdf_fragment *first = pdf_row_fragment(run, row, 0);
        if (pdf_run_column(run, first, NULL)) continue;
        bool mark = is_mark(first);
        marks += mark;
        others += !mark;
    }
    return marks > 0 && others * 3 <= marks;
}

static long number_of(const struct pdf_fragment *fragment) {
    long number = 0;
    if (fragment->end - fragment->first > 5) return -1;
    for (size_t g = fragment->first; g < fragment->end; g++) {
        uint32_t unicode = run->text->glyphs[g].unicode;
        if (unicode < '0' || unicode > '9') return -1;
        number = number * 10 + (long)(unicode - '0');
    }
    return number;
}

/// Whether the last column has page numbers: whole numbers that never fall.
static bool is_contents(void) {
    long last = 0;
    int numbers = 0, falls = 0, others = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        const struct pdf_fragment *fragment = pdf_row_fragment(run, row, row->count - 1);
        if (pdf_run_column(run, fragment, NULL) != run->column_count - 1) continue;
        long number = number_of(fragment);
        if (number < 0) {
            others++;
            continue;
        }
        numbers++;
        falls += number < last;
        last = number;
    }
    return numbers >= 3 && falls == 0 && others <= 1 + numbers / 4;
}

/// Whether dots lead from a text to the next one.
static bool has_leaders(void) {
    int leaders = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        int dots = 0;
        for (size_t i = 0; i < row->count; i++) {
            const struct pdf_fragment *fragment = pdf_row_fragment(run, row, i);
            for (size_t g = fragment->first; g < fragment->end; g++) {
                uint32_t unicode = run->text->glyphs[g].unicode;
                dots += unicode == '.' || unicode == 0x2026 || unicode == '_';
            }
        }
        leaders += dots >= 5;
    }
    return leaders * 3 > (int)(run->end - run->first);
}

/// Whether first cells end in colons, as the names of values do.
static int colons(void) {
    int count = 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_fragment *first = pdf_row_fragment(run, &run->rows->items[r], 0);
        uint32_t last = run->text->glyphs[first->end - 1].unicode;
        count += last == ':' || last == 0xff1a;
    }
    return count;
}

static bool has_rule_inside(void) {
    const struct pdf_row *rows = run->rows->items;
    float top = rows[run->first].baseline + 2 * rows[run->first].size;
    float bottom = rows[run->end - 1].baseline - 1.5f * rows[run->end - 1].size;
    float left = run->columns[0].left, right = run->columns[run->column_count - 1].right;
    int rules = 0;
    for (size_t i = 0; i < run->text->across.count; i++) {
        const struct pdf_rule *rule = &run->text->across.items[i];
        if (rule->at > top || rule->at < bottom) continue;
        rules += fminf(rule->to, right) - fmaxf(rule->from, left) > 0.6f * (right - left);
    }
    return rules >= 2;
}

/// Whether the first row is bold and the next one is not.
static bool has_bold_heading(void) {
    bool bold = true, next_bold = true;
    const struct pdf_row *row = &run->rows->items[run->first];
    for (size_t i = 0; i < row->count; i++) bold &= pdf_row_fragment(run, row, i)->bold;
    row++;
    for (size_t i = 0; i < row->count; i++) next_bold &= pdf_row_fragment(run, row, i)->bold;
    return bold && !next_bold && pdf_row_columns(run, row - 1) > 1;
}

/// Whether a run of two columns is a table: with a heading or figures, and not a list.
static bool is_narrow_table(int rows, bool headed, bool figures) {
    if (has_marks() || is_contents() || colons() * 2 > rows) return false;
    if (seen.monospaced * 2 > seen.cells && !figures) return false;
    if (headed) return seen.full_rows >= 3 && seen.full_rows * 3 >= rows;
    return figures && seen.full_rows >= 3 && seen.full_rows * 3 >= rows * 2;
}

bool pdf_is_aligned_table(const struct pdf_run *candidate) {
    run = candidate;
    look();
    int rows = (int)(run->end - run->first), columns = run->column_count;
    bool ruled = has_rule_inside(), headed = ruled || has_bold_heading();
    if (has_leaders() || seen.spanning * 4 > seen.cells) return false;
    if (seen.lined_up * 10 < (seen.cells - seen.spanning) * 7) return false;
    if (seen.glyphs > seen.cells * (headed ? 90 : columns == 2 ? 30 : 45)) return false;
    bool figures = seen.figures * 2 >= seen.later_cells;
    if (seen.monospaced * 2 > seen.cells && !figures && !headed) return false;
    if (seen.bullets >= 2 && !ruled) return false;
    if (columns == 2) return is_narrow_table(rows, headed, figures);
    if (has_marks() && columns == 3 && (is_contents() || !figures)) return false;
    if (headed) return seen.full_rows >= 2 && seen.full_rows * 4 >= rows;
    if (seen.cells * 2 < rows * columns || seen.full_rows * 2 < rows) return false;
    if (figures) return seen.full_rows >= 2 && (rows >= 3 || columns >= 4);
    // Texts alone: more of them, and shorter.
    return seen.full_rows >= 4 && seen.cells * 5 >= rows * columns * 3 &&
        seen.glyphs <= seen.cells * 25;
}

bool pdf_is_row_list(const struct pdf_run *candidate) {
    run = candidate;
    look();
    int rows = (int)(run->end - run->first);
    bool brief = seen.glyphs <= seen.cells * 25, aligned = seen.lined_up * 10 >= seen.cells * 7;
    return brief && aligned && seen.full_rows >= 2 && seen.full_rows * 3 >= rows * 2 &&
        !has_marks();
}
