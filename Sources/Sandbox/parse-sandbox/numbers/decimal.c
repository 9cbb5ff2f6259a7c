#include "decimal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { digits_shown = 15, exponent_max = 308 };

/// Cuts to `count` digits.
static void keep_digits(struct decimal *decimal, int count) {
    if (count >= decimal->count) return;
    bool up = count >= 0 && decimal->digits[count] >= '5';
    decimal->count = count < 0 ? 0 : count;
    if (up) {
        int i = decimal->count - 1;
        while (i >= 0 && decimal->digits[i] == '9') i--;
        decimal->count = i + 1;
        if (i >= 0) {
            decimal->digits[i]++;
        } else {
            decimal->digits[decimal->count++] = '1';
            decimal->point++;
        }
    }
    while (decimal->count && decimal->digits[decimal->count - 1] == '0') decimal->count--;
}

bool decimal_read(struct decimal *decimal, const char *text) {
    *decimal = (struct decimal){0};
    const char *at = text;
    bool after_point = false, has_digits = false;
    decimal->is_negative = *at == '-';
    at += *at == '-' || *at == '+';
    for (; isdigit((unsigned char)*at) || (*at == '.' && !after_point); at++) {
        if (*at == '.') {
            after_point = true;
            continue;
        }
        has_digits = true;
        bool is_leading = *at == '0' && !decimal->count;
        if (!is_leading && decimal->count < decimal_digits_max) {
            decimal->digits[decimal->count++] = *at;
        }
        if (!is_leading && !after_point) decimal->point++;
        if (is_leading && after_point) decimal->point--;
        if (decimal->point > exponent_max || decimal->point < -exponent_max - 20) return false;
    }
    if (has_digits && (*at == 'e' || *at == 'E')) {
        char *end;
        long exponent = strtol(at + 1, &end, 10);
        if (end == at + 1 || exponent > exponent_max || exponent < -exponent_max - 20) return false;
        decimal->point += (int)exponent;
        at = end;
    }
    if (!has_digits || *at) return false;
    while (decimal->count && decimal->digits[decimal->count - 1] == '0') decimal->count--;
    if (!decimal->count) decimal->point = 0;
    if (decimal->count > decimal->point) {
        keep_digits(decimal, decimal->point > digits_shown ? decimal->point : digits_shown);
    }
    return true;
}

void decimal_round(struct decimal *decimal, int places) {
    keep_digits(decimal, decimal->point + places);
    if (!decimal->count) decimal->is_negative = false;
}

double decimal_double(const struct decimal *decimal) {
    char text[decimal_digits_max + 32];
    snprintf(text, sizeof text, "%s0.%.*se%d", decimal->is_negative ? "-" : "", decimal->count,
             decimal->digits, decimal->point);
    return decimal->count ? strtod(text, NULL) : 0;
}

char decimal_digit(const struct decimal *decimal, int place) {
    int index = decimal->point - 1 - place;
    return index < 0 || index >= decimal->count ? '0' : decimal->digits[index];
}
