// How a line of text continues the line before it.
#pragma once

#include "pdf_lines.h"

enum pdf_join { JOIN_SPACE, JOIN_NEWLINE, JOIN_NONE };

/// The size of a line's letters, at least one point.
static inline float pdf_em(const struct pdf_line *line) {
    return line->size > 1 ? line->size : 1;
}

/// Whether the first word of `next` would have fitted at the end of `line`. If so, the author and
/// not the margin broke the line.
bool pdf_broken_on_purpose(const struct pdf_lines *lines, const struct pdf_line *line,
                           const struct pdf_line *next);
bool pdf_ends_sentence(const struct pdf_lines *lines, const struct pdf_line *line);
/// Bytes of a bullet and the blank after it at the start of a line; 0 if there is none.
size_t pdf_bullet_length(const struct pdf_lines *lines, const struct pdf_line *line);
/// Whether a line begins as a numbered item does: "1. ", "12) ", "(a) ".
bool pdf_is_numbered(const struct pdf_lines *lines, const struct pdf_line *line);
/// Whether no blank belongs between a text and a line: between Han or Kana, or after a hyphen.
bool pdf_joins_closely(const struct pdf_lines *lines, const struct buffer *text,
                       const struct pdf_line *line);
/// Joins a word across lines. A broken word has no hyphen ("im-proving"); a compound keeps it
/// ("X-Window", "day-to-day").
void pdf_join_broken_word(const struct pdf_lines *lines, struct buffer *text,
                          const struct pdf_line *line);
/// Whether a paragraph of `count` lines at the end of a page goes on at the start of the next one.
bool pdf_goes_on(const struct pdf_lines *lines, const struct pdf_line *line, int count,
                 const struct pdf_line *next);
