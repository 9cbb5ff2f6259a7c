// Running headers, footers and page numbers. They cut sentences in two and repeat in every chunk.
// A line counts as one if similar lines are at the same edge and height of several nearby pages,
// outside all other lines. The first of similar headers or footers is kept; page numbers are not.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pdf_lines.h"

enum {
    /// Lines checked at each edge of a page.
    edge_lines = 4,
    /// Pages checked on either side. Left and right pages may differ.
    reach = 4,
    /// Similar lines nearby, including the line itself, that make it furniture.
    like_min = 3,
};

/// The outermost lines of a page by place, from the edge inwards; NULL where there are no more.
struct page_edges { struct pdf_line *top[edge_lines], *bottom[edge_lines]; };

static void insert(struct pdf_line **edge, struct pdf_line *line, bool bottom) {
    for (int i = 0; i < edge_lines && line; i++) {
        float inwards = edge[i] ? line->baseline - edge[i]->baseline : -1;
        if (edge[i] && (bottom ? inwards > 0 : inwards < 0)) continue;
        if (edge[i] && inwards == 0 && line > edge[i]) continue;
        struct pdf_line *next = edge[i];
        edge[i] = line;
        line = next;
    }
}

static struct page_edges *find_edges(struct pdf_lines *lines, int pages) {
    struct page_edges *edges = checked_realloc(NULL, (size_t)pages, sizeof *edges);
    memset(edges, 0, (size_t)pages * sizeof *edges);
    for (size_t i = 0; i < lines->count; i++) {
        struct pdf_line *line = &lines->items[i];
        if (line->table) continue;
        insert(edges[line->page].top, line, false);
        insert(edges[line->page].bottom, line, true);
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

/// Bytes of a word for "page" or "of" at the start of a text; 0 if there is none.
static size_t page_word(const char *text, size_t length) {
    static const char *const words[] = {
        "page", "seite", "p\u00e1gina", "pagina", "sida", "side", "strona", "strana", "sivu",
        "\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430", "\u0441\u0442\u0440.",
        "\u0438\u0437", "\u7b2c", "\u9875", "\u9801", "of", "von", "de", "di", "av", "af", "z",
        "p."};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t bytes = strlen(words[i]);
        if (bytes <= length && !strncasecmp(text, words[i], bytes)) return bytes;
    }
    return 0;
}

/// Whether a text is a page number: "12", "xii", "- 12 -", "Page 3 of 10", "Seite 3 von 10".
static bool is_page_number(const char *text, size_t length) {
    size_t digits = 0, words = 0;
    if (length > 30) return false;
    for (size_t i = 0; i < length;) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        bool roman = length <= 6 && strchr("ivxlcdm", text[i]);
        bool mark = strchr(" -./|", text[i]) != NULL;
        size_t word = digit || roman || mark ? 0 : page_word(text + i, length - i);
        if (!digit && !roman && !mark && !word) return false;
        digits += digit || roman;
        words += word > 0;
        i += word ? word : 1;
    }
    return digits > 0 && digits <= (words ? 8 : 6) && words <= 3;
}

static struct pdf_line *edge_line(const struct page_edges *page, int place, bool bottom) {
    return bottom ? page->bottom[place] : page->top[place];
}

/// Whether a line can be furniture: at the height of the outermost line, or next to furniture. A
/// page number may be one line further inwards.
static bool at_edge(const struct page_edges *page, int place, bool bottom, bool is_number) {
    const struct pdf_line *line = edge_line(page, place, bottom);
    float slack = is_number ? 2.5f : 1;
    for (int at = place - 1; at >= 0; at--) {
        const struct pdf_line *outer = edge_line(page, at, bottom);
        float step = fabsf(outer->baseline - line->baseline);
        bool margin = outer->furniture || outer->header || outer->footer;
        if (margin) return step < 2 * fmaxf(outer->size, line->size);
        if (step > slack * line->size) return false;
    }
    return true;
}

static void mark(const struct pdf_lines *lines, struct page_edges *edges, int pages, int page,
                 int place, bool bottom) {
    struct pdf_line *line = edge_line(&edges[page], place, bottom);
    if (!line || line->length > 200) return;
    bool is_number = is_page_number(pdf_line_text(lines, line), line->length);
    if (!at_edge(&edges[page], place, bottom, is_number)) return;
    int alike = 0, before = 0;
    int first = page < reach ? 0 : page - reach;
    int last = page + reach < pages ? page + reach : pages - 1;
    for (int other = first; other <= last; other++) {
        for (int at = 0; at < edge_lines; at++) {
            const struct pdf_line *found = edge_line(&edges[other], at, bottom);
            if (!found || !same_place(lines, line, found)) continue;
            alike++;
            before += other < page;
            break;
        }
    }
    if (is_number) {
        line->furniture = alike >= 2;
    } else if (alike >= like_min) {
        line->furniture = before > 0;
        line->header = !before && !bottom;
        line->footer = !before && bottom;
    }
}

void pdf_lines_mark_furniture(struct pdf_lines *lines, int pages) {
    struct page_edges *edges = find_edges(lines, pages);
    for (int page = 0; page < pages; page++) {
        for (int place = 0; place < edge_lines; place++) {
            mark(lines, edges, pages, page, place, false);
            mark(lines, edges, pages, page, place, true);
        }
    }
    free(edges);
}
