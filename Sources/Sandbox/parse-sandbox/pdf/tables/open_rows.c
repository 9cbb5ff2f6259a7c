// Rows of a table whose rules separate only the columns, or only the heading from the rest.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_rows.h"

enum { ruled_rows_max = 3, open_rows_min = 3 };

static const struct pdf_fragment *fragment_at(const struct pdf_page_text *text,
                                              const struct pdf_rows *rows, size_t row, size_t at) {
    return &text->fragments[rows->indices[rows->items[row].first + at]];
}

static bool begins_with(const struct pdf_page_text *text, const struct pdf_fragment *fragment,
                        char first, char last) {
    uint32_t unicode = text->glyphs[fragment->first].unicode;
    return unicode >= (uint32_t)first && unicode <= (uint32_t)last;
}

/// Whether the rows of text are rows of the table, and not lines of its cells: most have a first
/// cell that does not continue a sentence, and others next to it. In a table with rules between
/// other rows, the other cells are figures.
static bool has_open_rows(const struct pdf_page_text *text, const struct pdf_rows *rows,
                          int columns, bool need_figures) {
    size_t full = 0, continued = 0, figures = 0, later = 0;
    for (size_t r = 0; r < rows->count; r++) {
        int count = 0, last = -1;
        bool has_first = false;
        for (size_t i = 0; i < rows->items[r].count; i++) {
            const struct pdf_fragment *fragment = fragment_at(text, rows, r, i);
            if (fragment->row_span > 1) return false;
            count += fragment->column != last;
            last = fragment->column;
            has_first |= fragment->column == 0;
            if (fragment->column == 0) continued += begins_with(text, fragment, 'a', 'z');
            else figures += begins_with(text, fragment, '$', '9'), later++;
        }
        full += has_first && count >= 2 && count * 2 >= columns;
    }
    if (need_figures && figures * 2 < later) return false;
    return rows->count >= open_rows_min && full * 10 >= rows->count * 7 &&
        continued * 5 <= rows->count;
}

static bool begins_row(const struct pdf_page_text *text, const struct pdf_rows *rows, size_t at) {
    for (size_t i = 0; i < rows->items[at].count; i++) {
        if (fragment_at(text, rows, at, i)->column == 0) return true;
    }
    return false;
}

static void shift_rows(struct pdf_page_text *text, int region, int after, int by) {
    for (size_t i = 0; i < text->fragment_count; i++) {
        struct pdf_fragment *fragment = &text->fragments[i];
        if (fragment->region == region && fragment->row > after) fragment->row += by;
    }
    text->regions[region].rows += by;
}

static void divide(struct pdf_page_text *text, int region, int row) {
    struct pdf_rows rows = pdf_sort_rows(
        text, &(struct pdf_fragment){.region = region, .row = row});
    bool need_figures = text->regions[region].rows > ruled_rows_max;
    if (has_open_rows(text, &rows, text->regions[region].columns, need_figures)) {
        int more = 0;
        for (size_t r = 1; r < rows.count; r++) more += begins_row(text, &rows, r);
        shift_rows(text, region, row, more);
        for (size_t r = 0, number = (size_t)row; r < rows.count; r++) {
            number += r > 0 && begins_row(text, &rows, r);
            for (size_t i = 0; i < rows.items[r].count; i++) {
                text->fragments[rows.indices[rows.items[r].first + i]].row = (int)number;
            }
        }
    }
    pdf_free_rows(&rows);
}

/// Rows at the top that are bold, if the row below them is not.
static int bold_rows(const struct pdf_page_text *text, int region, int max) {
    for (int row = 0; row <= max; row++) {
        bool bold = true, empty = true;
        for (size_t i = 0; i < text->fragment_count; i++) {
            const struct pdf_fragment *fragment = &text->fragments[i];
            if (fragment->region != region || fragment->row != row) continue;
            empty = false;
            bold &= fragment->bold;
        }
        if (!bold || empty) return row;
    }
    return 0;
}

int pdf_grouping_rows(const struct pdf_page_text *text, int region) {
    for (size_t i = 0; i < text->fragment_count; i++) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        bool groups = fragment->region == region && fragment->row == 0 &&
            fragment->column_span > 1 && fragment->column_span < text->regions[region].columns;
        if (groups) return 2;
    }
    return 0;
}

void pdf_complete_ruled_table(struct pdf_page_text *text, int region) {
    int rows = text->regions[region].rows;
    for (int row = rows - 1; row >= 0; row--) divide(text, region, row);
    int bold = bold_rows(text, region, 3);
    text->regions[region].header_rows = bold ? bold : pdf_grouping_rows(text, region);
}
