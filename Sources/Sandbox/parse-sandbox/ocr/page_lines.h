// The lines of a recognised page, and which of them are kept.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "tesseract.h"

struct ocr_line {
    /// Text at `lines.text.bytes + start`.
    size_t start, length;
    /// Pixels; `first_word` is the width of the first word.
    int left, right, height, first_word;
    /// Right edge of the last word so far.
    int last_right;
    bool begins_block, begins_paragraph;
    bool begins_with_cjk, ends_in_cjk;
    /// Has a gap between words, as a row of a table has.
    bool has_gap;
    /// Sum of confidence × letters over all words.
    float confidence;
    /// Letters of all words, of those that are kept, of those that are certain, and of numbers and
    /// words of the dictionary.
    long letters, letters_kept, letters_sure, letters_known;
    /// Has a word that is long and certain.
    bool vouched;
    bool kept;
};

struct ocr_lines {
    struct ocr_line *items;
    size_t count, capacity;
    /// UTF-8 text of all lines.
    struct buffer text;
    /// Letters of the words that are kept, and of all words.
    long letters_kept, letters;
};

/// Reads the lines that the engine has just recognised into `lines`, which is empty.
void ocr_lines_read(struct ocr_lines *lines, ocr_words words);
void ocr_lines_free(struct ocr_lines *lines);
