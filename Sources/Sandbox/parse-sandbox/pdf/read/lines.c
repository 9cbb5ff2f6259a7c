// Joins a page's fragments to lines, in reading order: that of the content stream, except that the
// fragments of a region follow its first one, by rows or by columns.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_page.h"

static struct pdf_page_text *text;

/// Appends a character. Latin ligatures become letters, so that a search finds them.
static void append(struct buffer *to, uint32_t unicode) {
    static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    if (unicode >= 0xfb00 && unicode <= 0xfb06) buffer_text(to, ligatures[unicode - 0xfb00]);
    else buffer_scalar(to, unicode);
}

/// Where each region and each flow begins in the content stream, and the row of a flow that a
/// region is at. `heads` are the first fragments of the lines.
static size_t *region_starts, *flow_starts, *heads;
static int *region_rows;

static size_t start_of(size_t index) {
    const struct pdf_fragment *fragment = &text->fragments[index];
    if (fragment->flow) return flow_starts[fragment->flow];
    return fragment->region < 0 ? index : region_starts[fragment->region];
}

static int flow_row_of(const struct pdf_fragment *fragment) {
    return fragment->region < 0 ? fragment->flow_row : region_rows[fragment->region];
}

/// Lines of one cell from top to bottom. Heights are compared in steps, which makes an order.
static int by_height(size_t i, size_t j) {
    const struct pdf_fragment *a = &text->fragments[heads[i]], *b = &text->fragments[heads[j]];
    long step_a = lroundf(a->baseline / 2.5f), step_b = lroundf(b->baseline / 2.5f);
    if (step_a != step_b) return step_a > step_b ? -1 : 1;
    if (heads[i] != heads[j] && a->box.left != b->box.left) {
        return a->box.left < b->box.left ? -1 : 1;
    }
    return i < j ? -1 : i > j;
}

/// The fragments in reading order.
static int by_order(const void *left, const void *right) {
    size_t i = *(const size_t *)left, j = *(const size_t *)right;
    const struct pdf_fragment *a = &text->fragments[i], *b = &text->fragments[j];
    size_t start_a = start_of(i), start_b = start_of(j);
    if (start_a != start_b) return start_a < start_b ? -1 : 1;
    if (a->flow) {
        if (a->side != b->side) return a->side - b->side;
        int row_a = flow_row_of(a), row_b = flow_row_of(b);
        if (row_a != row_b) return row_a - row_b;
    }
    if (a->region != b->region) return a->region - b->region;
    if (a->region >= 0) {
        if (a->row != b->row) return a->row - b->row;
        if (a->column != b->column) return a->column - b->column;
        return by_height(i, j);
    }
    if (a->flow && a->box.left != b->box.left) return a->box.left < b->box.left ? -1 : 1;
    return i < j ? -1 : i > j;
}

/// Whether `next` is part of the same line as `previous`, the fragment before it in order.
static bool joins_line(size_t previous, size_t next) {
    const struct pdf_fragment *a = &text->fragments[previous], *b = &text->fragments[next];
    if (a->region != b->region || a->flow != b->flow) return false;
    if (a->region >= 0 && (a->column != b->column || a->row != b->row)) return false;
    if (a->flow && a->side != b->side) return false;
    if (next == previous + 1 && b->continues) return true;
    // Fragments that a table or a column has put next to each other.
    return (a->region >= 0 || a->flow) && !b->is_overlay && b->box.left > a->box.left &&
        fabsf(a->baseline - b->baseline) < 0.3f * a->size;
}

static struct pdf_line *begin_line(struct pdf_lines *lines, const struct pdf_fragment *fragment) {
    pdf_grow(&lines->items, lines->count, &lines->capacity, sizeof *lines->items);
    struct pdf_line *line = &lines->items[lines->count++];
    *line = (struct pdf_line){
        .start = lines->text.length, .page = text->number, .left = INFINITY, .right = -INFINITY,
        .bottom = INFINITY, .top = -INFINITY, .baseline = fragment->baseline,
        .size = fragment->size, .bold = true, .monospaced = true,
        .named_heading = fragment->tagged_heading,
        .is_note = fragment->is_overlay};
    return line;
}

static void append_fragment(struct pdf_lines *lines, struct pdf_line *line,
                            const struct pdf_fragment *fragment) {
    for (size_t i = fragment->first; i < fragment->end; i++) {
        const struct pdf_glyph *glyph = &text->glyphs[i];
        bool begun = lines->text.length > line->start;
        bool blank = glyph->after_blank || (i == fragment->first && !fragment->continues);
        if (begun && blank) buffer_byte(&lines->text, ' ');
        append(&lines->text, glyph->unicode);
    }
    line->left = fminf(line->left, fragment->box.left);
    line->right = fmaxf(line->right, fragment->box.right);
    line->bottom = fminf(line->bottom, fragment->box.bottom);
    line->top = fmaxf(line->top, fragment->box.top);
    if (!fragment->tagged_heading) line->named_heading = 0;
    line->bold &= fragment->bold;
    line->monospaced &= fragment->monospaced;
}

/// Cuts off the hyphen of a line that a column ends inside a word.
static bool cut_hyphen(struct pdf_lines *lines, struct pdf_line *line) {
    static const char *const hyphens[] = {"-", "\u2010"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(hyphens[i]), bytes = lines->text.length - line->start;
        const char *end = lines->text.bytes + lines->text.length;
        if (bytes < length + 1 || memcmp(end - length, hyphens[i], length)) continue;
        if (strchr(" -", end[-(long)length - 1])) return false;
        lines->text.length -= length;
        return true;
    }
    return false;
}

static void end_line(struct pdf_lines *lines, struct pdf_line *line, size_t last, bool cut_short) {
    const struct pdf_fragment *fragment = &text->fragments[last];
    line->hyphenated = fragment->hyphenated;
    if (cut_short && !fragment->hyphenated) line->hyphenated = cut_hyphen(lines, line);
    line->length = (unsigned)(lines->text.length - line->start);
    if (!line->length) lines->count--;
}

static void place(struct pdf_line *line, const struct pdf_fragment *fragment,
                  const unsigned *tables) {
    line->row_of_its_own = fragment->is_row;
    if (fragment->region < 0) return;
    line->table = tables[fragment->region];
    line->row = fragment->row;
    line->column = fragment->column;
    line->row_span = fragment->row_span;
    line->column_span = fragment->column_span;
}

/// Adds the page's tables to the document's; returns the number of each region's, or 0.
static unsigned *add_tables(struct pdf_lines *lines) {
    unsigned *tables = checked_realloc(NULL, text->region_count + 1, sizeof *tables);
    for (size_t i = 0; i < text->region_count; i++) {
        const struct pdf_region *region = &text->regions[i];
        pdf_grow(&lines->tables, lines->table_count, &lines->table_capacity,
                 sizeof *lines->tables);
        lines->tables[lines->table_count++] = (struct pdf_table){
            text->number, region->rows, region->columns, region->header_rows, region->box};
        tables[i] = (unsigned)lines->table_count;
    }
    return tables;
}

static size_t *reading_order(void) {
    size_t count = text->fragment_count;
    size_t *order = checked_realloc(NULL, count * 2 + 1, sizeof *order);
    size_t *starts = checked_realloc(
        NULL, text->region_count + (size_t)text->flow_count + 2, sizeof *starts);
    region_starts = starts;
    flow_starts = starts + text->region_count;
    heads = order + count;
    region_rows = checked_realloc(NULL, text->region_count + 1, sizeof *region_rows);
    for (size_t i = count; i-- > 0;) {
        const struct pdf_fragment *fragment = &text->fragments[i];
        order[i] = i;
        if (fragment->region >= 0) {
            region_starts[fragment->region] = i;
            region_rows[fragment->region] = fragment->flow_row;
        }
        flow_starts[fragment->flow] = i;
    }
    for (size_t i = 0; i < count; i++) {
        heads[i] = i && text->fragments[i].continues ? heads[i - 1] : i;
        const struct pdf_fragment *fragment = &text->fragments[i];
        int *row = fragment->region >= 0 ? &region_rows[fragment->region] : NULL;
        if (row && fragment->flow_row < *row) *row = fragment->flow_row;
    }
    bool reordered = text->region_count || text->flow_count;
    if (reordered) qsort(order, count, sizeof *order, by_order);
    free(starts);
    free(region_rows);
    return order;
}

void pdf_append_lines(struct pdf_lines *lines, struct pdf_page_text *page_text) {
    text = page_text;
    size_t *order = reading_order();
    unsigned *tables = add_tables(lines);
    for (size_t i = 0, end; i < text->fragment_count; i = end) {
        const struct pdf_fragment *first = &text->fragments[order[i]];
        struct pdf_line *line = begin_line(lines, first);
        append_fragment(lines, line, first);
        float longest = first->box.right - first->box.left;
        for (end = i + 1; end < text->fragment_count; end++) {
            if (!joins_line(order[end - 1], order[end])) break;
            const struct pdf_fragment *next = &text->fragments[order[end]];
            append_fragment(lines, line, next);
            if (next->box.right - next->box.left <= longest) continue;
            longest = next->box.right - next->box.left;
            line->size = next->size;
        }
        size_t last = order[end - 1];
        bool line_goes_on = last + 1 < text->fragment_count && text->fragments[last + 1].continues;
        place(line, first, tables);
        end_line(lines, line, last, line_goes_on && (first->region >= 0 || first->flow));
    }
    free(order);
    free(tables);
}
