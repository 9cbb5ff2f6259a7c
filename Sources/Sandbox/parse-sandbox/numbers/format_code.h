// Number format codes such as `#,##0.00 "EUR";[Red]-#,##0.00 "EUR"`, taken apart.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

enum token_kind {
    TOKEN_TEXT,
    /// 0, # or ?: `letter` says which.
    TOKEN_DIGIT,
    TOKEN_POINT, TOKEN_COMMA, TOKEN_PERCENT, TOKEN_SLASH,
    /// E+ or E-: `letter` is the sign.
    TOKEN_EXPONENT,
    TOKEN_GENERAL,
    /// The text of a cell.
    TOKEN_VALUE,
    /// Parts of dates and times: `letter` is y, m, d, h, n (minutes), s; `count` how often.
    TOKEN_PART,
    /// [h], [m] or [s]: all hours, minutes or seconds.
    TOKEN_ELAPSED,
    /// The fraction of a second.
    TOKEN_FRACTION,
    TOKEN_HALF_DAY,
};

struct token {
    enum token_kind kind;
    char letter;
    /// Repetitions, or the bytes of a text.
    unsigned short count;
    /// Where the text begins in the code's texts.
    unsigned short text;
};

enum { sections_max = 4 };

struct section {
    struct token *tokens;
    size_t count;
    /// '<', '>', '=', 'l' (<=), 'g' (>=), 'n' (<>), or 0 without a condition.
    char condition;
    double limit;
    bool has_date, has_time, has_text, is_general;
};

struct format_code {
    struct section sections[sections_max];
    size_t count;
    struct buffer texts;
};

/// Takes a code apart. The result lives as long as the process.
struct format_code *format_code_read(const char *code);
