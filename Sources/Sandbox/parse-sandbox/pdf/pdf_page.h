// One page as it is read: glyphs, fragments of lines, rules, and the regions they form. The
// coordinates are points from the bottom left corner of the page, turned so that its text is
// upright.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pdf_lines.h"
#include "pdfium.h"

/// Pages with more fragments are drawings. Their order stays that of the content stream.
enum { pdf_fragments_max = 20000 };

struct pdf_glyph {
    uint32_t unicode;
    struct pdf_box box;
    /// A blank is before the glyph in its line.
    bool after_blank;
};

/// Glyphs of one line without a wide gap.
struct pdf_fragment {
    size_t first, end;
    struct pdf_box box;
    float baseline, size;
    bool bold, monospaced, vertical;
    /// The fragment belongs to the same line as the previous one.
    bool continues;
    /// The fragment ends inside a word, at the end of a line; the hyphen is not part of it.
    bool hyphenated;
    /// Its line is a row, such as a key with its value, and not part of a paragraph.
    bool is_row;
    /// The text of a form field or an annotation.
    bool is_overlay;
    /// Marked content of the page, or -1; and the level of the heading that it is tagged as, or 0.
    int content, tagged_heading;
    /// The column of text that the fragment is in, of those found on the page from 1; or 0. In
    /// `flow`, the columns that are read one after the other, it is at row `flow_row`.
    int side, flow, flow_row;
    /// Place in `regions`, or -1; and the cell.
    int region, row, column, row_span, column_span;
};

/// A straight line that is parallel to an edge of the page: a stroke, a thin rectangle, or the
/// edge of a filled one. `from` and `to` are along it, `at` is its place on the other axis.
struct pdf_rule {
    float at, from, to;
    bool is_fill_edge;
};

struct pdf_rules {
    struct pdf_rule *items;
    size_t count, capacity;
};

/// A table on the page.
struct pdf_region {
    struct pdf_box box;
    int rows, columns, header_rows;
};

struct pdf_page_text {
    int number;
    float width, height;
    /// Quarter turns by which the page was turned back to make its text upright.
    int turns;
    struct pdf_rect bounds;
    bool right_to_left;
    struct pdf_glyph *glyphs;
    size_t glyph_count, glyph_capacity;
    struct pdf_fragment *fragments;
    size_t fragment_count, fragment_capacity;
    struct pdf_rules across, down;
    struct pdf_region *regions;
    size_t region_count, region_capacity;
    /// Columns of text, and sets of columns that are read one after the other.
    int side_count, flow_count;
};

/// Makes room for one more item of `size` bytes.
void pdf_grow(void *items, size_t count, size_t *capacity, size_t size);

/// Reads the text and the rules of a page, and turns the page if its text is not upright. Fails if
/// the text cannot be read.
bool pdf_page_read(struct pdf_page_text *text, pdf_page page, int number);
/// Turns a rectangle of the page's own coordinates to those of the text.
struct pdf_box pdf_page_box(const struct pdf_page_text *text, float left, float bottom, float right,
                            float top);
void pdf_read_glyphs(struct pdf_page_text *text, pdf_text source);
/// Puts the letters of ligatures from right to left into the order in which they are read.
void pdf_order_ligatures(struct pdf_page_text *text);
void pdf_read_rules(struct pdf_page_text *text, pdf_page page);
/// Reads which texts are tagged as headings.
void pdf_read_tags(struct pdf_page_text *text, pdf_page page);
/// Adds filled form fields beside their labels, and annotations that are text.
void pdf_read_overlays(struct pdf_page_text *text, pdf_page page, pdf_form form);

struct pdf_fragment *pdf_begin_fragment(struct pdf_page_text *text);
struct pdf_glyph *pdf_add_glyph(struct pdf_page_text *text, uint32_t unicode, struct pdf_box box);
/// Splits a fragment before a glyph. Pointers to fragments become invalid.
void pdf_split_fragment(struct pdf_page_text *text, size_t fragment, size_t glyph);

/// Adds a table that has no fragments yet; returns its index.
int pdf_add_region(struct pdf_page_text *text);
/// Finds tables with rules between their cells.
void pdf_find_ruled_tables(struct pdf_page_text *text);
/// Divides rows without rules between them, and marks the heading rows.
void pdf_complete_ruled_table(struct pdf_page_text *text, int region);
/// Finds tables and columns of text among the other fragments.
void pdf_find_aligned_regions(struct pdf_page_text *text);
/// Appends the fragments as lines, in reading order.
void pdf_append_lines(struct pdf_lines *lines, struct pdf_page_text *text);
