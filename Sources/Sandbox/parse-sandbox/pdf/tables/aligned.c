// Tables without rules, and columns of text.
#include <math.h>
#include <stdlib.h>

#include "pdf_rows.h"

/// Words of headings that are cut apart on a page.
enum { splits_max = 500 };

static struct pdf_page_text *text;

static void widen(struct pdf_box *box, const struct pdf_box *by) {
    box->left = fminf(box->left, by->left);
    box->bottom = fminf(box->bottom, by->bottom);
    box->right = fmaxf(box->right, by->right);
    box->top = fmaxf(box->top, by->top);
}

/// Whether the content stream changes between the columns more often than once for each.
static bool is_interleaved(const struct pdf_run *run) {
    int *columns = checked_realloc(NULL, text->fragment_count + 1, sizeof *columns);
    for (size_t i = 0; i < text->fragment_count; i++) columns[i] = -1;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        for (size_t i = 0; i < row->count; i++) {
            size_t index = run->rows->indices[row->first + i];
            columns[index] = pdf_run_column(run, &text->fragments[index], NULL);
        }
    }
    int changes = 0, last = -1;
    for (size_t i = 0; i < text->fragment_count; i++) {
        if (columns[i] < 0) continue;
        changes += last >= 0 && columns[i] != last;
        last = columns[i];
    }
    free(columns);
    return changes >= 2 * run->column_count;
}

/// Makes the fragments of a run a table.
static void make_table(struct pdf_run *run) {
    int header_rows = pdf_join_rows(run), index = pdf_add_region(text), number = -1;
    struct pdf_region *region = &text->regions[index];
    region->columns = run->column_count;
    region->header_rows = header_rows;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        number += number < 0 || !row->continues;
        for (size_t i = 0; i < row->count; i++) {
            struct pdf_fragment *fragment = &text->fragments[run->rows->indices[row->first + i]];
            fragment->region = index;
            fragment->row = number;
            fragment->row_span = 1;
            fragment->column = pdf_run_column(run, fragment, &fragment->column_span);
            if (text->right_to_left) {
                fragment->column = run->column_count - fragment->column - fragment->column_span;
            }
            widen(&region->box, &fragment->box);
        }
    }
    region->rows = number + 1;
    if (number && !header_rows) region->header_rows = pdf_grouping_rows(text, index);
}

/// Gives the fragments of a run the columns of text that they are in.
static void make_sides(struct pdf_run *run) {
    int flow = is_interleaved(run) ? ++text->flow_count : 0;
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        for (size_t i = 0; i < row->count; i++) {
            struct pdf_fragment *fragment = &text->fragments[run->rows->indices[row->first + i]];
            int column = pdf_run_column(run, fragment, NULL);
            if (text->right_to_left) column = run->column_count - 1 - column;
            fragment->side = text->side_count + 1 + column;
            fragment->flow = flow;
            fragment->flow_row = (int)r;
        }
    }
    text->side_count += run->column_count;
}

/// Marks the lines of a run, each of which the content stream draws as a whole.
static void mark_rows(const struct pdf_run *run) {
    for (size_t r = run->first; r < run->end; r++) {
        const struct pdf_row *row = &run->rows->items[r];
        for (size_t i = 0; i < row->count; i++) {
            text->fragments[run->rows->indices[row->first + i]].is_row = true;
        }
    }
}

/// Finds tables among the fragments of a side.
static void find_tables(int side) {
    const struct pdf_fragment like = {.region = -1, .side = side};
    struct pdf_rows rows = pdf_sort_rows(text, &like);
    struct pdf_run run = {.text = text, .rows = &rows};
    int splits_left = splits_max;
    for (size_t first = 0; pdf_next_run(&run, first);) {
        if (run.first > first && splits_left-- > 0 && pdf_split_heading(text, &run)) {
            // Starts again without the tables that were found.
            pdf_free_rows(&rows);
            rows = pdf_sort_rows(text, &like);
            first = 0;
            continue;
        }
        first = run.end;
        if (pdf_is_column_text(&run)) continue;
        if (pdf_is_aligned_table(&run)) make_table(&run);
        else if (pdf_is_row_list(&run)) mark_rows(&run);
    }
    pdf_free_rows(&rows);
}

void pdf_find_aligned_regions(struct pdf_page_text *page_text) {
    text = page_text;
    if (text->fragment_count > pdf_fragments_max) return;
    pdf_split_at_columns(text);
    struct pdf_rows rows = pdf_sort_rows(text, &(struct pdf_fragment){.region = -1});
    struct pdf_run flow = {.text = text, .rows = &rows};
    size_t next = 0;
    while (pdf_next_flow(&flow, next)) {
        bool is_headed = pdf_has_heading_row(&flow);
        pdf_extend_flow(&flow, next);
        if (!is_headed && pdf_is_column_text(&flow)) make_sides(&flow);
        next = flow.end;
    }
    pdf_free_rows(&rows);
    for (int side = 0; side <= text->side_count; side++) find_tables(side);
}
