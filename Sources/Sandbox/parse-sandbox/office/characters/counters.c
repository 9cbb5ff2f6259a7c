#include "counters.h"

#include <stdio.h>
#include <string.h>

enum { roman_max = 3999, letters_max = 26 * 30 };

enum counter counter_of_name(const char *name) {
    static const struct { const char *name; enum counter format; } names[] = {
        {"decimal", COUNTER_DECIMAL}, {"none", COUNTER_NONE}, {"bullet", COUNTER_BULLET},
        {"decimalZero", COUNTER_DECIMAL_ZERO}, {"upperRoman", COUNTER_UPPER_ROMAN},
        {"lowerRoman", COUNTER_LOWER_ROMAN}, {"upperLetter", COUNTER_UPPER_LETTER},
        {"lowerLetter", COUNTER_LOWER_LETTER}, {"ordinal", COUNTER_ORDINAL},
        {"cardinalText", COUNTER_CARDINAL_WORD}, {"ordinalText", COUNTER_ORDINAL_WORD},
        {"decimalEnclosedCircle", COUNTER_CIRCLE},
        {"decimalEnclosedCircleChinese", COUNTER_CIRCLE},
        {"chineseCounting", COUNTER_CHINESE}, {"chineseCountingThousand", COUNTER_CHINESE},
        {"taiwaneseCounting", COUNTER_CHINESE}, {"japaneseCounting", COUNTER_CHINESE},
        {"taiwaneseCountingThousand", COUNTER_CHINESE}, {"ideographDigital", COUNTER_CHINESE},
        {"russianLower", COUNTER_LOWER_RUSSIAN}, {"russianUpper", COUNTER_UPPER_RUSSIAN},
        {"decimalFullWidth", COUNTER_FULL_WIDTH}, {"decimalFullWidth2", COUNTER_FULL_WIDTH},
        {"hex", COUNTER_HEX}, {"chicago", COUNTER_FOOTNOTE},
    };
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (!strcmp(name, names[i].name)) return names[i].format;
    }
    return COUNTER_DECIMAL;
}

enum counter counter_of_example(const char *example) {
    switch (example ? *example : 0) {
    case 0: return COUNTER_NONE;
    case 'a': return COUNTER_LOWER_LETTER;
    case 'A': return COUNTER_UPPER_LETTER;
    case 'i': return COUNTER_LOWER_ROMAN;
    case 'I': return COUNTER_UPPER_ROMAN;
    default: return COUNTER_DECIMAL;
    }
}

static void append_number(struct buffer *target, const char *format, long value) {
    char text[32];
    snprintf(text, sizeof text, format, value);
    buffer_text(target, text);
}

static void append_roman(struct buffer *target, long value, bool is_upper) {
    static const struct { long value; const char *upper, *lower; } parts[] = {
        {1000, "M", "m"}, {900, "CM", "cm"}, {500, "D", "d"}, {400, "CD", "cd"},
        {100, "C", "c"}, {90, "XC", "xc"}, {50, "L", "l"}, {40, "XL", "xl"}, {10, "X", "x"},
        {9, "IX", "ix"}, {5, "V", "v"}, {4, "IV", "iv"}, {1, "I", "i"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (; value >= parts[i].value; value -= parts[i].value) {
            buffer_text(target, is_upper ? parts[i].upper : parts[i].lower);
        }
    }
}

/// After z comes aa, then bb, as office programs count.
static void append_letters(struct buffer *target, long value, uint32_t first, long count) {
    for (long i = 0; i <= (value - 1) / count; i++) {
        buffer_scalar(target, first + (uint32_t)((value - 1) % count));
    }
}

static void append_ordinal(struct buffer *target, long value) {
    bool is_teen = value / 10 % 10 == 1;
    long last = is_teen ? 0 : value % 10;
    append_number(target, last == 1   ? "%ldst"
                          : last == 2 ? "%ldnd"
                          : last == 3 ? "%ldrd"
                                      : "%ldth", value);
}

static void append_word(struct buffer *target, long value, bool is_ordinal) {
    static const char *const cardinals[] = {
        "", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
        "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen",
        "Eighteen", "Nineteen"};
    static const char *const ordinals[] = {
        "", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth",
        "Tenth", "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth",
        "Seventeenth", "Eighteenth", "Nineteenth"};
    static const char *const tens[] = {
        "", "", "Twent", "Thirt", "Fort", "Fift", "Sixt", "Sevent", "Eight", "Ninet"};
    if (value > 99) {
        if (is_ordinal) append_ordinal(target, value);
        else append_number(target, "%ld", value);
        return;
    }
    const char *const *words = is_ordinal ? ordinals : cardinals;
    if (value >= 20) {
        buffer_text(target, tens[value / 10]);
        buffer_text(target, is_ordinal && value % 10 == 0 ? "ieth" : "y");
        if (value % 10) buffer_byte(target, '-');
    }
    buffer_text(target, words[value < 20 ? value : value % 10]);
}

static void append_chinese(struct buffer *target, long value) {
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (value > 99) {
        append_number(target, "%ld", value);
        return;
    }
    if (value >= 20) buffer_text(target, digits[value / 10]);
    if (value >= 10) buffer_text(target, "十");
    buffer_text(target, digits[value % 10]);
}

static void append_circled(struct buffer *target, long value) {
    if (value <= 20) buffer_scalar(target, 0x2460 + (uint32_t)value - 1);
    else append_number(target, "%ld", value);
}

static void append_full_width(struct buffer *target, long value) {
    char text[32];
    snprintf(text, sizeof text, "%ld", value);
    for (const char *digit = text; *digit; digit++) {
        buffer_scalar(target, 0xff10 + (uint32_t)(*digit - '0'));
    }
}

/// The marks *, † , ‡ and §, each repeated from the fifth on.
static void append_mark(struct buffer *target, long value) {
    static const char *const marks[] = {"*", "†", "‡", "§"};
    for (long i = 0; i <= (value - 1) / 4; i++) buffer_text(target, marks[(value - 1) % 4]);
}

void append_counter(struct buffer *target, long value, enum counter format) {
    bool is_roman = format == COUNTER_UPPER_ROMAN || format == COUNTER_LOWER_ROMAN;
    if (value < 1 || value > letters_max) {
        bool is_written = is_roman && value >= 1 && value <= roman_max;
        if (!is_written && format != COUNTER_NONE && format != COUNTER_BULLET) {
            format = COUNTER_DECIMAL;
        }
    }
    switch (format) {
    case COUNTER_NONE:
    case COUNTER_BULLET: break;
    case COUNTER_DECIMAL: append_number(target, "%ld", value); break;
    case COUNTER_DECIMAL_ZERO: append_number(target, "%02ld", value); break;
    case COUNTER_HEX: append_number(target, "%lX", value); break;
    case COUNTER_UPPER_ROMAN: append_roman(target, value, true); break;
    case COUNTER_LOWER_ROMAN: append_roman(target, value, false); break;
    case COUNTER_UPPER_LETTER: append_letters(target, value, 'A', 26); break;
    case COUNTER_LOWER_LETTER: append_letters(target, value, 'a', 26); break;
    case COUNTER_UPPER_RUSSIAN: append_letters(target, value, 0x410, 32); break;
    case COUNTER_LOWER_RUSSIAN: append_letters(target, value, 0x430, 32); break;
    case COUNTER_ORDINAL: append_ordinal(target, value); break;
    case COUNTER_CARDINAL_WORD: append_word(target, value, false); break;
    case COUNTER_ORDINAL_WORD: append_word(target, value, true); break;
    case COUNTER_CHINESE: append_chinese(target, value); break;
    case COUNTER_CIRCLE: append_circled(target, value); break;
    case COUNTER_FULL_WIDTH: append_full_width(target, value); break;
    case COUNTER_FOOTNOTE: append_mark(target, value); break;
    }
}
