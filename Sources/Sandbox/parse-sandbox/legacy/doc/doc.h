// The parts of a Word 97 to 2003 document ([MS-DOC]). A process has one document, so its state is
// global.
#pragma once

#include "view.h"

/// Parts of the table stream, by their position in the file information block.
enum doc_part {
    DOC_STYLES = 1,
    DOC_FOOTNOTE_REFERENCES = 2,
    DOC_FOOTNOTE_TEXTS = 3,
    DOC_COMMENT_REFERENCES = 4,
    DOC_COMMENT_TEXTS = 5,
    DOC_HEADER_TEXTS = 11,
    DOC_CHARACTER_RUNS = 12,
    DOC_PARAGRAPH_RUNS = 13,
    DOC_FONTS = 15,
    DOC_PIECES = 33,
    DOC_COMMENT_AUTHORS = 36,
    DOC_SHAPES = 40,
    DOC_ENDNOTE_REFERENCES = 46,
    DOC_ENDNOTE_TEXTS = 47,
    DOC_TEXT_BOXES = 56,
    DOC_LISTS = 73,
    DOC_LIST_OVERRIDES = 74,
};

/// The texts of a document, one after the other in this order.
enum doc_story {
    STORY_MAIN,
    STORY_FOOTNOTES,
    STORY_HEADERS,
    STORY_MACROS,
    STORY_COMMENTS,
    STORY_ENDNOTES,
    STORY_TEXT_BOXES,
    STORY_HEADER_TEXT_BOXES,
    STORY_COUNT,
};

/// Positions of characters, from `start` to before `end`.
struct range {
    uint32_t start, end;
};

/// The streams.
struct doc {
    struct view word, table, data;
};
extern struct doc doc;

/// A part of the table stream; empty if the document has none.
struct view doc_part(enum doc_part part);
/// Where the part ends in the table stream. Some parts have data behind their end.
size_t doc_part_end(enum doc_part part);
struct range doc_story(enum doc_story story);
