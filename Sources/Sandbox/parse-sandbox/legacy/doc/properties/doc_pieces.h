// The text of a document: pieces of the Word stream, in one or two bytes a character.
#pragma once

#include "view.h"

/// What is known of a character.
enum character_flags {
    CHARACTER_HIDDEN = 1,
    /// Deleted while changes were tracked.
    CHARACTER_DELETED = 2,
    CHARACTER_FIELD_CODE = 4,
    CHARACTER_OMITTED = CHARACTER_HIDDEN | CHARACTER_DELETED | CHARACTER_FIELD_CODE,
    CHARACTER_RAISED = 8,
    CHARACTER_LOWERED = 16,
    /// A character of a font with its own meaning for each code, such as Wingdings.
    CHARACTER_SYMBOL = 32,
};

/// All characters of the document, by their positions.
struct characters {
    uint16_t *units;
    unsigned char *flags;
    uint32_t count;
};
extern struct characters characters;

/// Reads the table of pieces, the characters and their flags.
void doc_pieces_read(uint32_t characters_expected);

/// The byte of the Word stream where the character is stored.
uint32_t byte_of_character(uint32_t position);
/// Property changes that apply to the whole piece that contains the character.
struct view piece_properties(uint32_t position);
/// The property changes of the run that contains the character.
struct view character_properties(uint32_t position);
