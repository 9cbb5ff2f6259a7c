// What is anchored in the text: footnotes, endnotes, comments and text boxes.
#pragma once

#include "doc.h"

enum note_kind { NOTE_FOOTNOTE, NOTE_ENDNOTE, NOTE_COMMENT, NOTE_TEXT_BOX, NOTE_KINDS };

struct note {
    enum note_kind kind;
    /// Its text, in a story of its own.
    struct range text;
    /// Of a comment: the initials of its author, and the index of the author's name.
    struct view author;
};

void doc_notes_read(void);

/// The next note that is anchored at the position. Positions must be queried in ascending order.
bool doc_note_at(uint32_t position, struct note *note);

/// The next text box without an anchor in the text.
bool doc_text_box_left(struct note *note);
