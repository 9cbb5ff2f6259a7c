// One paragraph of an office document while it is read: its text, what belongs to it, and its role.
// DOCX, ODT, PPTX and ODP share it, so that all of them write notes, links and comments alike.
#pragma once

#include <stdbool.h>

#include "buffer.h"

struct paragraph {
    struct buffer text;
    /// Comments, and notes of a heading: they follow the paragraph.
    struct buffer asides;
    /// The automatic number, such as "2.1" or "(b)"; empty for a bullet.
    struct buffer label;
    /// The number, if the label is that number and a full stop; otherwise 0.
    long ordinal;
    /// From 1; 0 for body text.
    int heading;
    /// From 1; 0 if the paragraph is not an item of a list.
    int list_level;
    bool is_code;
    /// Superscript (1) or subscript (-1) text that is not complete yet.
    struct buffer script;
    int script_position;
};

/// Appends a run of text at the baseline (0), above it (1) or below it (-1).
void paragraph_run(struct paragraph *paragraph, const char *text, int position);
/// Where text appended next will begin.
size_t paragraph_mark(struct paragraph *paragraph);
/// Appends the address of a link whose text began at `mark`, unless the text is the address, the
/// address leads to a place in the document, or it is longer than 1000 bytes.
void paragraph_link(struct paragraph *paragraph, size_t mark, const char *address);
/// A footnote or endnote: `[text]` at its reference, or after a heading.
void paragraph_note(struct paragraph *paragraph, struct buffer *note);
/// `[Comment by author: text]` after the paragraph.
void paragraph_comment(struct paragraph *paragraph, const char *author, struct buffer *comment);
/// The alternative text of a picture. A file name is not one.
void paragraph_alternative(struct paragraph *paragraph, const char *text);
/// Completes the text.
void paragraph_end(struct paragraph *paragraph);
/// Empties it for the next paragraph.
void paragraph_clear(struct paragraph *paragraph);
void paragraph_free(struct paragraph *paragraph);

/// Whether a font has characters of one width, as program code is set in.
bool is_monospaced(const char *font);
