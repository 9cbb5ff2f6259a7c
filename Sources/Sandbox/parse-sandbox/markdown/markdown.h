// The parts of a Markdown document that are rewritten.
#pragma once

#include <stdbool.h>

#include "buffer.h"
#include "html_tokens.h"

/// A definition of a link (`[label]: address`) or a note (`[^label]: text`).
struct definition {
    struct html_slice label, text;
    bool is_note, is_used;
};

struct definitions {
    struct definition *all;
    size_t count, capacity;
};

/// Adds the definition that a line begins, if it does; `end` is the end of the document. Returns
/// the position after the definition, or NULL.
const char *definitions_add(struct definitions *definitions, const char *line, const char *end);
/// Prepares for `definitions_find`.
void definitions_sort(struct definitions *definitions);
/// The definition with this label, in any case; NULL if there is none.
struct definition *definitions_find(struct definitions *definitions, struct html_slice label,
                                    bool is_note);

/// Appends a text whose HTML is read as HTML, and whose references to links are resolved. Code and
/// formulas stay as they are.
void markdown_append(struct buffer *to, const char *text, size_t length,
                     struct definitions *definitions);
/// Writes the notes that a text refers to, once.
void markdown_write_notes(const char *text, size_t length, struct definitions *definitions);
/// Writes the rows of a table, which are its source lines.
void markdown_write_table(const char *rows, size_t length, struct definitions *definitions);
/// Writes the front matter of a document, if it has it. Returns its length, up to the text below.
size_t markdown_write_front_matter(const struct buffer *text);
