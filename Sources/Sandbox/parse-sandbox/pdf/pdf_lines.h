// The lines of all pages of a PDF, with the properties that layout needs.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "pdfium.h"

struct pdf_box { float left, bottom, right, top; };

struct pdf_line {
    /// UTF-8 text, at `lines.text.bytes + start`.
    size_t start;
    unsigned length;
    int page;
    /// Points on the page, which is turned so that its text is upright; y grows upwards.
    float left, right, bottom, top, baseline;
    /// Median size of its sampled letters, in points.
    float size;
    bool bold, monospaced;
    /// The line ends inside a word; the hyphen is not part of the text.
    bool hyphenated;
    /// A repeated header or footer, or a page number, which is left out.
    bool furniture;
    /// The first of repeated headers or footers, which is written before or after its page.
    bool header, footer;
    /// The next line is not the same paragraph, because wide gaps make each line a row.
    bool row_of_its_own;
    /// The text of an annotation: a paragraph of its own.
    bool is_note;
    /// Level of the heading by the document's tags or outline, or 0.
    int named_heading;
    /// The line is the first one of a title of the outline.
    bool begins_title;
    /// Place in `tables` from 1, or 0; and the cell.
    unsigned table;
    int row, column, row_span, column_span;
};

struct pdf_table {
    int page, rows, columns, header_rows;
    struct pdf_box box;
};

struct pdf_lines {
    struct pdf_line *items;
    size_t count, capacity;
    struct pdf_table *tables;
    size_t table_count, table_capacity;
    struct buffer text;
};

/// Marks lines that the document's outline names as headings.
void pdf_lines_mark_outline(struct pdf_lines *lines, pdf_document document, int pages);
/// Marks page numbers, and all but the first of lines that repeat at the edges of nearby pages.
void pdf_lines_mark_furniture(struct pdf_lines *lines, int pages);
/// Writes the lines as headings, paragraphs, items, tables and code, with a form feed between
/// pages.
void pdf_layout_write(struct pdf_lines *lines, int pages);

static inline const char *pdf_line_text(const struct pdf_lines *lines,
                                        const struct pdf_line *line) {
    return lines->text.bytes + line->start;
}
