// Automatic numbers of lists and headings, in the formats of OOXML and OpenDocument.
#pragma once

#include "buffer.h"

enum counter {
    COUNTER_DECIMAL, COUNTER_NONE, COUNTER_BULLET, COUNTER_DECIMAL_ZERO, COUNTER_UPPER_ROMAN,
    COUNTER_LOWER_ROMAN, COUNTER_UPPER_LETTER, COUNTER_LOWER_LETTER, COUNTER_ORDINAL,
    COUNTER_CARDINAL_WORD, COUNTER_ORDINAL_WORD, COUNTER_CIRCLE, COUNTER_CHINESE,
    COUNTER_LOWER_RUSSIAN, COUNTER_UPPER_RUSSIAN, COUNTER_FULL_WIDTH, COUNTER_HEX,
    COUNTER_FOOTNOTE,
};

/// The format by OOXML's name, such as "lowerLetter". An unknown format counts in decimals.
enum counter counter_of_name(const char *name);
/// The format by OpenDocument's example of it: "1", "a", "A", "i", "I" or nothing.
enum counter counter_of_example(const char *example);
void append_counter(struct buffer *target, long value, enum counter format);
