// Decimal numbers with as many digits as a file stores, because a sheet shows decimal digits.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { decimal_digits_max = 330 };

/// 0.d₁d₂d₃… × 10^point; no leading zeros. Zero has no digits.
struct decimal {
    bool is_negative;
    int count, point;
    char digits[decimal_digits_max];
};

/// Reads a number such as -1.5E-07. Whole numbers keep all their digits; others keep fifteen, as
/// spreadsheets do, so that 0.1 + 0.2 is 0.3. Returns false if the text is not a finite number.
bool decimal_read(struct decimal *decimal, const char *text);
/// Rounds half away from zero to so many digits after the point.
void decimal_round(struct decimal *decimal, int places);
double decimal_double(const struct decimal *decimal);
/// The digit with the place value 10^place, as '0' to '9'.
char decimal_digit(const struct decimal *decimal, int place);
