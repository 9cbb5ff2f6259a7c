// Numbers by the digits of a format code: grouping, decimals, exponents, fractions.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rendering.h"

/// Above and below these, a number without a format has an exponent.
enum { general_point_max = 21, general_point_min = -8, places_max = 30, denominator_max = 999 };

void append_general(struct buffer *target, struct decimal value) {
    char text[32];
    if (value.is_negative && value.count) buffer_byte(target, '-');
    if (!value.count) {
        buffer_byte(target, '0');
    } else if (value.point > general_point_max || value.point < general_point_min) {
        buffer_byte(target, value.digits[0]);
        if (value.count > 1) buffer_byte(target, '.');
        buffer_append(target, value.digits + 1, (size_t)value.count - 1);
        snprintf(text, sizeof text, "E%+03d", value.point - 1);
        buffer_text(target, text);
    } else {
        for (int place = value.point > 0 ? value.point - 1 : 0; place >= 0; place--) {
            buffer_byte(target, decimal_digit(&value, place));
        }
        if (value.count > value.point) buffer_byte(target, '.');
        for (int place = -1; value.count > value.point && place >= value.point - value.count;
             place--) {
            buffer_byte(target, decimal_digit(&value, place));
        }
    }
}

/// What a section does with digits.
struct pattern {
    int whole, decimals, after_exponent, percents, thousands;
    /// The numbers of the digit tokens: how many are before the fraction's numerator.
    int numerator, denominator;
    long fixed_denominator;
    bool is_grouped, has_exponent, has_fraction;
    size_t point, exponent, slash;
};

static struct pattern pattern_of(const struct format_code *code, const struct section *section) {
    struct pattern pattern = {.point = section->count, .exponent = section->count,
                              .slash = section->count};
    int commas = 0;
    for (size_t i = 0; i < section->count; i++) {
        const struct token *token = &section->tokens[i];
        bool in_whole = pattern.point == section->count && !pattern.has_exponent;
        if (token->kind == TOKEN_DIGIT) {
            if (commas && in_whole) pattern.is_grouped = true;
            commas = 0;
            if (pattern.has_exponent) pattern.after_exponent++;
            else if (pattern.has_fraction) pattern.denominator++;
            else if (in_whole) pattern.whole++;
            else pattern.decimals++;
        } else if (token->kind == TOKEN_COMMA) {
            commas++;
        } else if (token->kind == TOKEN_POINT && in_whole) {
            pattern.thousands += commas;
            commas = 0;
            pattern.point = i;
        } else if (token->kind == TOKEN_PERCENT) {
            pattern.percents++;
        } else if (token->kind == TOKEN_EXPONENT && !pattern.has_exponent) {
            pattern.has_exponent = true;
            pattern.exponent = i;
        } else if (token->kind == TOKEN_SLASH && pattern.whole && !pattern.has_fraction) {
            pattern.has_fraction = true;
            pattern.slash = i;
        } else if (token->kind == TOKEN_TEXT && pattern.has_fraction) {
            long number = strtol(code->texts.bytes + token->text, NULL, 10);
            pattern.fixed_denominator = pattern.fixed_denominator ? pattern.fixed_denominator
                                                                  : number;
        }
    }
    if (pattern.whole) pattern.thousands += commas;
    return pattern;
}

void append_token_text(struct buffer *target, const struct format_code *code,
                       const struct token *token) {
    buffer_append(target, code->texts.bytes + token->text, token->count);
}

/// Appends the digit for one place before the point, and the group's mark after it.
static void append_whole_digit(struct buffer *target, const struct decimal *value, char letter,
                               int place, bool is_grouped) {
    bool is_shown = place < value->point || letter == '0';
    if (!is_shown) {
        if (letter == '?') buffer_byte(target, ' ');
        return;
    }
    buffer_byte(target, decimal_digit(value, place));
    if (is_grouped && place && place % 3 == 0) buffer_byte(target, ',');
}

/// Appends the digit of one place after the point. # leaves out zeros at the end.
static void append_decimal_digit(struct buffer *target, const struct decimal *value, char letter,
                                 int place) {
    bool has_more = value->point - value->count <= place;
    if (has_more || letter == '0') buffer_byte(target, decimal_digit(value, place));
}

/// Appends the digits above a place, for which the code has none of its own.
static void append_high_digits(struct buffer *target, const struct decimal *value, int place,
                               bool is_grouped) {
    for (int high = value->point - 1; high > place; high--) {
        append_whole_digit(target, value, '0', high, is_grouped);
    }
}

/// Appends the tokens before `last` with the digits of a number.
static void append_tokens(struct buffer *target, struct decimal value,
                          const struct format_code *code, const struct section *section,
                          size_t last, struct pattern pattern) {
    int place = pattern.whole;
    bool after_point = false;
    for (size_t i = 0; i < last; i++) {
        const struct token *token = &section->tokens[i];
        switch (token->kind) {
        case TOKEN_DIGIT:
            place--;
            if (after_point) {
                append_decimal_digit(target, &value, token->letter, place);
                break;
            }
            if (place == pattern.whole - 1) {
                append_high_digits(target, &value, place, pattern.is_grouped);
            }
            append_whole_digit(target, &value, token->letter, place, pattern.is_grouped);
            break;
        case TOKEN_POINT:
            if (!pattern.whole) append_high_digits(target, &value, -1, false);
            after_point = true;
            buffer_byte(target, '.');
            break;
        case TOKEN_PERCENT: buffer_byte(target, '%'); break;
        case TOKEN_SLASH: buffer_byte(target, '/'); break;
        case TOKEN_TEXT: append_token_text(target, code, token); break;
        case TOKEN_GENERAL: append_general(target, value); break;
        default: break;
        }
    }
}

/// The exponent of a number with so many digits before the point, of which it is a multiple.
static int exponent_of(const struct decimal *value, int whole) {
    int step = whole > 1 ? whole : 1, power = value->count ? value->point - 1 : 0;
    return power >= 0 ? power / step * step : -((-power + step - 1) / step) * step;
}

static void append_scientific(struct buffer *target, struct decimal value,
                              const struct format_code *code, const struct section *section,
                              struct pattern pattern) {
    // Rounding can add a digit, so that 9.99E+04 becomes 1.00E+05.
    int exponent = exponent_of(&value, pattern.whole);
    value.point -= exponent;
    decimal_round(&value, pattern.decimals);
    int carried = exponent_of(&value, pattern.whole);
    value.point -= carried;
    exponent += carried;
    append_tokens(target, value, code, section, pattern.exponent, pattern);
    char text[32];
    const char *sign = exponent < 0 ? "-" : section->tokens[pattern.exponent].letter == '+' ? "+"
                                                                                            : "";
    int width = pattern.after_exponent < 4 ? pattern.after_exponent : 4;
    snprintf(text, sizeof text, "E%s%0*d", sign, width, abs(exponent) % 1000);
    buffer_text(target, text);
    for (size_t i = pattern.exponent + 1; i < section->count; i++) {
        if (section->tokens[i].kind == TOKEN_TEXT) {
            append_token_text(target, code, &section->tokens[i]);
        }
    }
}

static void append_fraction(struct buffer *target, struct decimal value,
                            const struct section *section, struct pattern pattern) {
    value.is_negative = false;
    double number = decimal_double(&value);
    size_t blank = 0, digits = 0;
    for (size_t i = 0; i < pattern.slash; i++) {
        if (section->tokens[i].kind == TOKEN_DIGIT) digits++;
        else if (digits) blank = i;
    }
    double whole = blank ? floor(number) : 0, rest = number - whole;
    long most = pattern.denominator >= 3 ? denominator_max : pattern.denominator == 2 ? 99 : 9;
    long best = 1, numerator = 0;
    double error = 2;
    for (long d = pattern.fixed_denominator > 0 ? pattern.fixed_denominator : 1;
         d <= (pattern.fixed_denominator > 0 ? pattern.fixed_denominator : most); d++) {
        double off = fabs(rest - round(rest * (double)d) / (double)d);
        if (off >= error - 1e-12) continue;
        error = off;
        best = d;
        numerator = lround(rest * (double)d);
    }
    char text[96];
    if (blank && numerator == best) whole++, numerator = 0;
    if (blank && (numerator == 0 || whole > 0)) {
        snprintf(text, sizeof text, "%.0f ", whole);
        buffer_text(target, text);
    }
    if (blank && numerator == 0) return;
    snprintf(text, sizeof text, "%ld/%ld", numerator, best);
    buffer_text(target, text);
}

void append_digits(struct buffer *target, struct decimal value, const struct format_code *code,
                   const struct section *section) {
    struct pattern pattern = pattern_of(code, section);
    if (value.count) value.point += 2 * pattern.percents - 3 * pattern.thousands;
    if (pattern.has_exponent) {
        append_scientific(target, value, code, section, pattern);
    } else if (pattern.has_fraction && (pattern.denominator || pattern.fixed_denominator)) {
        append_fraction(target, value, section, pattern);
    } else {
        int places = pattern.decimals < places_max ? pattern.decimals : places_max;
        if (!section->is_general) decimal_round(&value, places);
        append_tokens(target, value, code, section, section->count, pattern);
    }
}
