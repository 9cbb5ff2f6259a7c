// What a text is: a number, a date, a mark for nothing, or words.
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sheet.h"

enum { value_bytes_max = 40, mark_bytes_max = 5 };

static bool is_mark(const char *text) {
    static const char *const marks[] = {
        "-", "--", "---", "n/a", "n.a.", "na", "n/v", "k.A.", "k. A.", "nil", "none", "null",
        "NaN", ".", "..", "...", "?", "*", "x", "X",
        "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\xa6", "\xe2\x88\x92", "\xe2\x9c\x93",
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        bool begins_equal = ((*text ^ *marks[i]) & ~0x20) == 0;
        if (begins_equal && !strcasecmp(text, marks[i])) return true;
    }
    return false;
}

/// Skips a currency sign or a currency's code of three letters, and blanks.
static const char *skip_currency(const char *at) {
    static const char *const signs[] = {
        "$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "\xe2\x82\xb9", "\xe2\x82\xbd",
        "\xc2\xb0", "%",
    };
    at += strspn(at, " ");
    bool may_be_sign = *at == '$' || *at == '%' || *at & 0x80;
    for (size_t i = 0; may_be_sign && i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i]);
        if (!strncmp(at, signs[i], length)) return at + length + strspn(at + length, " ");
    }
    size_t letters = 0;
    while (letters < 4 && isupper((unsigned char)at[letters])) letters++;
    if (letters != 3) return at;
    return at + 3 + strspn(at + 3, " ");
}

/// Digits with separators, such as 1,234.50, 1.234,50, 1 234 and 1.2E-05.
static const char *skip_number(const char *at) {
    const char *start = at;
    at += strspn(at, "+-(");
    at = skip_currency(at);
    at += strspn(at, "+-");
    size_t digits = 0;
    for (; *at && strchr("0123456789.,' ", *at); at++) {
        digits += isdigit((unsigned char)*at) != 0;
    }
    if (!digits) return start;
    if ((*at == 'e' || *at == 'E') && (isdigit((unsigned char)at[1]) || strchr("+-", at[1]))) {
        at += 2;
        at += strspn(at, "0123456789");
    }
    at += strspn(at, " ");
    return at;
}

/// Three groups of digits with the same mark between, or two with a colon: 3.5.2026, 07:15.
static bool is_date(const char *at) {
    int groups = 0, colons = 0, marks = 0;
    const char *start = at;
    while (isdigit((unsigned char)*at)) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 4) return false;
        groups++;
        at += digits;
        if (!*at || at[0] == 'Z') break;
        if (*at == ':') colons++;
        else if (strchr("-/.", *at)) marks++;
        else if (!strchr("T +", *at)) break;
        at++;
        at += strspn(at, " ");
    }
    if (!*at || *at == 'Z' || !strcasecmp(at, "AM") || !strcasecmp(at, "PM")) {
        return groups >= 2 && at - start >= 4 && (colons || (marks >= 2 && groups <= 7));
    }
    return false;
}

enum cell_kind cell_kind_of_text(const char *text) {
    size_t length = strnlen(text, value_bytes_max + 1);
    if (length > value_bytes_max) return CELL_TEXT;
    if (!length || (length <= mark_bytes_max && is_mark(text))) return CELL_MARK;
    if (!strpbrk(text, "0123456789")) {
        bool is_flag = !strcasecmp(text, "true") || !strcasecmp(text, "false");
        return is_flag ? CELL_FLAG : CELL_TEXT;
    }
    if (isdigit((unsigned char)*text) && is_date(text)) return CELL_DATE;
    const char *at = skip_number(text);
    if (at > text) {
        at = skip_currency(at);
        at += strspn(at, ")%-");
        if (!*at) return CELL_NUMBER;
    }
    return CELL_TEXT;
}
