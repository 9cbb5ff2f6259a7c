// Running headers, footers and page numbers. They cut sentences in two and repeat in every chunk.
// A line counts as one if similar lines are at the same edge and height of several nearby pages,
// outside all other lines. The first of similar headers or footers is kept; page numbers are not.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_lines.h"

enum {
    /// Lines checked at each edge of a page.
    edge_lines = 2,
    /// Pages checked on either side. Left and right pages may differ.
    reach = 4,
    /// Similar lines nearby, including the line itself, that make it furniture.
    like_min = 3,
};

struct page_edges { size_t first, end; };

static struct page_edges *find_pages(const struct pdf_lines *lines, int pages) {
    struct page_edges *edges = checked_realloc(NULL, (size_t)pages, sizeof *edges);
    memset(edges, 0, (size_t)pages * sizeof *edges);
    for (size_t i = 0; i < lines->count; i++) {
        struct page_edges *page = &edges[lines->items[i].page];
        if (page->end == 0) page->first = i;
        page->end = i + 1;
    }
    return edges;
}

/// Whether two texts are equal except for numbers, or share the first 12 bytes and 40 % of each:
/// "Chapter 3. Title   3.1 One section" and "Chapter 3. Title   3.2 Another".
static bool like(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t i = 0, j = 0;
    while (i < a_length && j < b_length) {
        bool digit_a = a[i] >= '0' && a[i] <= '9', digit_b = b[j] >= '0' && b[j] <= '9';
        if (digit_a != digit_b || (!digit_a && a[i] != b[j])) break;
        if (!digit_a) {
            i++, j++;
            continue;
        }
        while (i < a_length && a[i] >= '0' && a[i] <= '9') i++;
        while (j < b_length && b[j] >= '0' && b[j] <= '9') j++;
    }
    bool same = i == a_length && j == b_length;
    return same || (i >= 12 && i * 5 >= a_length * 2 && i * 5 >= b_length * 2);
}

static bool same_place(const struct pdf_lines *lines, const struct pdf_line *a,
                       const struct pdf_line *b) {
    return fabsf(a->baseline - b->baseline) < 4 && fabsf(a->size - b->size) < 0.5f &&
        like(pdf_line_text(lines, a), a->length, pdf_line_text(lines, b), b->length);
}

/// Whether a text is a page number: "12", "xii", "- 12 -", "Page 3 of 10".
static bool is_page_number(const char *text, size_t length) {
    size_t digits = 0, others = 0;
    for (size_t i = 0; i < length; i++) {
        bool roman = length <= 6 && strchr("ivxlcdm", text[i]);
        bool mark = strchr(" -./|", text[i]) != NULL;
        digits += (text[i] >= '0' && text[i] <= '9') || roman;
        others += !roman && !mark && !(text[i] >= '0' && text[i] <= '9');
    }
    if (length > 5 && !strncasecmp(text, "page ", 5) && length < 20) return digits > 0;
    return digits > 0 && digits <= 6 && others == 0;
}

/// The line at `place` from an edge; NULL if the page has too few lines.
static struct pdf_line *edge_line(struct pdf_lines *lines, const struct page_edges *page,
                                  int place, bool bottom) {
    size_t count = page->end - page->first;
    if (page->end == 0 || (size_t)place >= count) return NULL;
    return &lines->items[bottom ? page->end - 1 - (size_t)place : page->first + (size_t)place];
}

/// Whether a line can be furniture: the outermost, or next to furniture that is the outermost.
static bool at_edge(struct pdf_lines *lines, const struct page_edges *page, int place,
                    bool bottom) {
    if (place == 0) return true;
    const struct pdf_line *line = edge_line(lines, page, place, bottom);
    const struct pdf_line *outer = edge_line(lines, page, place - 1, bottom);
    return line && outer && outer->furniture &&
        fabsf(outer->baseline - line->baseline) < 2 * fmaxf(outer->size, line->size);
}

static void mark(struct pdf_lines *lines, const struct page_edges *edges, int pages, int page,
                 int place, bool bottom) {
    struct pdf_line *line = edge_line(lines, &edges[page], place, bottom);
    if (!line || line->length > 200 || !at_edge(lines, &edges[page], place, bottom)) return;
    int alike = 0, before = 0;
    int first = page < reach ? 0 : page - reach;
    int last = page + reach < pages ? page + reach : pages - 1;
    for (int other = first; other <= last; other++) {
        for (int at = 0; at < edge_lines; at++) {
            struct pdf_line *found = edge_line(lines, &edges[other], at, bottom);
            if (!found || !same_place(lines, line, found)) continue;
            alike++;
            before += other < page;
            break;
        }
    }
    bool number = is_page_number(pdf_line_text(lines, line), line->length);
    if (number ? alike >= 2 : alike >= like_min && before > 0) {
        line->furniture = true;
    }
}

void pdf_lines_mark_furniture(struct pdf_lines *lines, int pages) {
    struct page_edges *edges = find_pages(lines, pages);
    for (int page = 0; page < pages; page++) {
        for (int place = 0; place < edge_lines; place++) {
            mark(lines, edges, pages, page, place, false);
            mark(lines, edges, pages, page, place, true);
        }
    }
    free(edges);
}
