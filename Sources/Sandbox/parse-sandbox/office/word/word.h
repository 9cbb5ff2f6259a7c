// DOCX, part by part. The body is read in pieces: each paragraph and each row of a table is taken
// as a tree, so that a long document needs little memory.
#pragma once

#include <stdbool.h>

#include "archive.h"
#include "paragraph.h"
#include "tree.h"

// --- word_styles.c

/// The meaning of a style, with what it inherits.
struct word_style {
    /// From 1; 0 for body text.
    int heading;
    /// The style is a list, though perhaps without a definition of its numbers.
    bool is_listed;
    /// The list of automatic numbers; -1 if the style has none.
    long number;
    /// The level in that list; -1 if the list names the style's level.
    long level;
    bool is_code, is_monospaced, is_hidden;
    /// 1 for superscript, -1 for subscript.
    int position;
};

/// 1 for "superscript", -1 for "subscript", and 0 for the baseline.
int word_position(const char *alignment);
/// Style ids are localised, so headings are found by name or level.
void word_styles_read(const char *part);
/// The style of this id, or one without properties.
struct word_style word_style(const char *id);
/// Whether text is monospaced unless it says otherwise, so that the font does not mark code.
bool word_is_monospaced_by_default(void);

// --- word_numbering.c

void word_numbering_read(const char *part);
/// Counts a paragraph of the list `number` and sets its label. A negative level stands for the one
/// that the list links to the style. Returns the level, or -1 if the list does not exist.
long word_number(long number, long level, const char *style, struct paragraph *paragraph);

// --- word_notes.c

enum word_notes { WORD_FOOTNOTES, WORD_ENDNOTES, WORD_COMMENTS, WORD_NOTES_COUNT };

void word_notes_read(enum word_notes kind, const char *part);
/// Appends the note or comment of this id to the paragraph, if it has not been written before.
void word_note(enum word_notes kind, const char *id, struct paragraph *paragraph);
/// Writes those that the text does not refer to.
void word_notes_end(void);

// --- word_fields.c

/// Closes all fields, at the start of a part.
void word_fields_reset(void);
/// Closes fields without an end, at the start of a paragraph.
void word_field_paragraph(void);
/// Whether text is the instruction of a field, or its result is left out.
bool word_field_is_hidden(void);
void word_field_character(const xmlNode *character, struct paragraph *paragraph);
void word_field_instruction(const char *text);
/// A field whose instruction is an attribute.
void word_field_begin_simple(const char *instruction, struct paragraph *paragraph);
void word_field_end(struct paragraph *paragraph);

// --- word_runs.c

/// Runs of a paragraph. `style` is that of the paragraph.
struct word_runs {
    struct paragraph *paragraph;
    struct word_style style;
    /// Bytes in a monospaced font and in others, without blanks.
    size_t monospaced, proportional;
    /// Where text boxes are written: in the paragraph if it has a target, else after it.
    bool is_inline;
    xmlNodePtr *boxes;
    size_t box_count;
};

void word_runs(struct word_runs *runs, const xmlNode *parent);

// --- word_drawing.c

/// Appends the alternative text of a drawing, and finds its text boxes, charts and diagrams.
void word_drawing(struct word_runs *runs, const xmlNode *drawing);
/// A file inside the document.
void word_object(const xmlNode *object);
/// Writes the charts and diagrams found so far.
void word_graphics_flush(void);
/// Adds the files found.
void word_objects_end(void);

// --- word_blocks.c

/// The relationships of the part that is being read.
extern const struct relations *word_relations;
/// The part is a header or footer.
extern bool word_is_running;

/// Reads the blocks in a tree. They are written, or appended as text to `target` if it is not NULL.
void word_blocks(const xmlNode *parent, struct buffer *target);
void word_paragraph(const xmlNode *node, struct buffer *target);
/// Whether an element is left out with its content, because it is not text of the document.
bool word_is_skipped(const char *name);
/// A part of another format, such as HTML, that stands for blocks.
void word_foreign_part(const xmlNode *chunk);

// --- word_table.c

void word_table_begin(void);
void word_table_row(const xmlNode *row);
void word_table_end(void);
/// Appends a table as text to a cell, note or header.
void word_table_text(const xmlNode *table, struct buffer *target);

// --- word_headers.c

/// Writes each line of the headers and footers once.
void word_headers_write(const struct relations *parts);
