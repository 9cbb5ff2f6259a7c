// The lines of all pages of a PDF, with the properties that layout needs.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "pdfium.h"

struct pdf_line {
    /// UTF-8 text, at `lines.text.bytes + start`.
    size_t start;
    unsigned length;
    int page;
    /// Points on the page; y grows upwards.
    float left, right, baseline;
    /// Median size of its sampled letters, in points.
    float size;
    bool bold, monospaced;
    /// The line ends inside a word; the hyphen is not part of the text.
    bool hyphenated;
    /// A running header or footer, or a page number.
    bool furniture;
};

struct pdf_lines {
    struct pdf_line *items;
    size_t count, capacity;
    struct buffer text;
};

/// Appends the lines of one page.
void pdf_lines_read(struct pdf_lines *lines, pdf_text text, int page);
/// Marks page numbers, and all but the first of lines that repeat at the edges of nearby pages.
void pdf_lines_mark_furniture(struct pdf_lines *lines, int pages);
/// Writes the lines as headings, paragraphs, items and code, with a form feed between pages.
void pdf_layout_write(struct pdf_lines *lines, int pages);

static inline const char *pdf_line_text(const struct pdf_lines *lines,
                                        const struct pdf_line *line) {
    return lines->text.bytes + line->start;
}
