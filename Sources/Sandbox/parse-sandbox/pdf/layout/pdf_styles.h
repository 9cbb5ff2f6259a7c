// The meaning of a document's sizes and fonts: body text, headings and code.
#pragma once

#include "pdf_lines.h"

enum { heading_sizes_max = 5 };

struct pdf_styles {
    /// Size of the body text, in points.
    float body;
    /// Usual distance between lines, as a multiple of the body size.
    float pitch;
    /// Sizes of headings, largest first.
    float headings[heading_sizes_max];
    int heading_count;
    bool bold_headings, code;
};

struct pdf_styles pdf_styles_of(const struct pdf_lines *lines);
/// The heading level, 1 to 6; 0 if the line is not a heading.
int pdf_heading_level(const struct pdf_styles *styles, const struct pdf_lines *lines,
                      const struct pdf_line *line);
/// Whether the line is monospaced in a document that mostly is not.
bool pdf_is_code(const struct pdf_styles *styles, const struct pdf_line *line);
/// Whether dots lead from a title to its page number, as in a table of contents.
bool pdf_has_leader(const struct pdf_lines *lines, const struct pdf_line *line);
