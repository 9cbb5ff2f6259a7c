// What the text that an encoding gives is worth: by its letters, their places, and its words.
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "encoding_guess.h"

enum { letters_max = 512, words_max = 30 };

static bool is_letter(UChar c) { return u_isalpha(c) || u_charType(c) == U_NON_SPACING_MARK; }

/// What the place of a letter is worth: 0 if it is usual.
static double place_of_letter(UChar before, UChar letter, UChar after) {
    double worth = 0;
    bool is_upper = u_isupper(letter);
    if (is_upper && u_islower(before)) worth -= 4;
    if (u_islower(letter) && u_isupper(before) && u_isupper(after)) worth -= 3;
    if (is_upper && u_isalpha(before)) worth -= u_islower(after) ? 2 : 0.5;
    bool is_east_asian = letter >= 0x3000;
    if (!is_east_asian && (u_isdigit(before) || u_isdigit(after))) worth -= 2;
    bool is_alone = !u_isalpha(before) && !u_isalpha(after) && letter < 0x250;
    if (is_alone && !u_strchr(u"àáèéåöÀÁÈÉÅÖ", letter)) worth -= 2;
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode own = uscript_getScript(letter, &status);
    bool is_mixed = (u_isalpha(before) && uscript_getScript(before, &status) != own) ||
        (u_isalpha(after) && uscript_getScript(after, &status) != own);
    if (is_mixed && !is_east_asian) worth -= 5;
    return worth;
}

static bool is_word(UChar c) { return u_isalnum(c) || strchr("/.~$-", c < 0x80 ? c : 'a'); }

/// Quotation marks are at one side of a word; dashes are between blanks or digits.
static double place_of_mark(UChar before, UChar mark, UChar after) {
    if (mark >= 0x2010 && mark <= 0x2015) {
        if (u_isalpha(before) && u_islower(after)) return mark == 0x2014 ? -2 : -4;
        bool is_usual = u_isspace(before) == u_isspace(after);
        return is_usual ? 3 : 0;
    }
    if (mark == 0x2026) return 1;
    bool opens = mark == 0x201a || mark == 0x201e;
    if (opens && (is_word(before) || !is_word(after))) return -4;
    return is_word(before) != is_word(after) ? 3 : is_word(before) ? -4 : 1;
}

/// What the place of a sign is worth.
static double place_of_sign(UChar before, UChar sign, UChar after) {
    bool is_inside = u_isalpha(before) && u_isalpha(after);
    if (sign == 0x2019 || sign == 0xb7) return is_inside ? 1.5 : 1;
    bool is_mark = (sign >= 0x2010 && sign <= 0x201f) || sign == 0x2026 || sign == 0x2039 ||
        sign == 0x203a || sign == 0xab || sign == 0xbb;
    if (is_mark) return place_of_mark(before, sign, after);
    if (sign == 0xbf || sign == 0xa1) return u_isalpha(after) && !u_isalpha(before) ? 3 : -3;
    if (sign >= 0x2500 && sign < 0x25a0) {
        bool has_neighbour = (before >= 0x2500 && before < 0x25a0) ||
            (after >= 0x2500 && after < 0x25a0);
        bool has_letter = u_isalpha(before) || u_isalpha(after);
        return has_letter ? -5 : has_neighbour ? 0.5 : -2;
    }
    if (sign >= 0x3001 && sign <= 0x301f) return 2;
    if (sign >= 0xff01 && sign <= 0xff5e) return 1;
    if (is_inside) return -5;
    if (sign == 0x2022) return u_isspace(before) ? 1 : -3;
    if (sign == 0xa0) return 0.2;
    if (sign == 0xb0 || sign == 0x20ac || sign == 0xa3 || sign == 0xa7) {
        return u_isdigit(before) || u_isdigit(after) || u_isspace(after) ? 2 : -1;
    }
    if (sign == 0xa9 || sign == 0xae || sign == 0xb1 || sign == 0xd7) return 0.5;
    if (sign == 0xb2 || sign == 0xb3 || sign == 0xb5 || sign == 0xbd) return 0.5;
    return -1.5;
}

static bool is_invalid(UChar c) {
    return c == 0xfffd || (c >= 0x80 && c < 0xa0) || (c >= 0xe000 && c < 0xf900) ||
        u_charType(c) == U_UNASSIGNED || (c < 0x20 && !strchr("\t\n\r\f\33", c));
}

static int order(const void *a, const void *b) {
    return (int)*(const UChar *)a - (int)*(const UChar *)b;
}

void encoding_count(struct reading *reading) {
    reading->letter_count = reading->count = 0;
    reading->places = 0;
    int opened = 0, closed = 0;
    for (int32_t i = 0; i < reading->length; i++) {
        UChar c = reading->text[i];
        UChar before = i ? reading->text[i - 1] : ' ';
        UChar after = i + 1 < reading->length ? reading->text[i + 1] : ' ';
        if (c < 0x80 && !is_invalid(c)) continue;
        reading->count++;
        if (is_invalid(c)) {
            reading->places -= 12;
        } else if (is_letter(c)) {
            reading->places += place_of_letter(before, c, after);
            reading->letters[reading->letter_count++] = (UChar)u_tolower(c);
        } else {
            opened += c == 0x201a || c == 0x201e;
            closed += c == 0x2018 || c == 0x2019 || c == 0x201c || c == 0x201d;
            reading->places += place_of_sign(before, c, after);
        }
    }
    if (opened > closed) reading->places -= 5 * (opened - closed);
    qsort(reading->letters, reading->letter_count, sizeof *reading->letters, order);
}

/// Decodes letters of a language into a sorted list. Returns their number.
static size_t sorted_letters(const char *text, UChar letters[letters_max]) {
    size_t count = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at && count < letters_max;) {
        size_t length = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : 3;
        uint32_t c = length == 1 ? *at : length == 2 ? *at & 0x1f : *at & 0x0f;
        for (size_t i = 1; i < length; i++) c = c << 6 | (at[i] & 0x3f);
        letters[count++] = (UChar)c;
        at += length;
    }
    qsort(letters, count, sizeof *letters, order);
    return count;
}

/// What a letter is worth that the language does not list.
static double other_letter(UChar c, const char *language) {
    bool is_japanese = !strcmp(language, "ja");
    if (is_japanese && c >= 0x3041 && c < 0x30a0) return 3;
    if (is_japanese && c >= 0x30a1 && c < 0x3100) return 2;
    if (c >= 0xff61 && c < 0xffa0) return -2;
    if (c >= 0xac00 && c < 0xd7a4) return !strcmp(language, "ko") ? 0 : -3;
    if (c >= 0x4e00 && c < 0xa000) return !strcmp(language, "ko") ? -1 : -0.7;
    if (c >= 0x300 && c < 0x324) return !strcmp(language, "vi") ? 2 : -3;
    return -3;
}

double encoding_worth_of_letters(const struct reading *reading,
                                 const struct language *language) {
    UChar frequent[letters_max], others[letters_max];
    size_t frequent_count = sorted_letters(language->frequent, frequent);
    size_t other_count = sorted_letters(language->others, others);
    double worth = 0;
    for (size_t i = 0; i < reading->letter_count; i++) {
        const UChar *c = &reading->letters[i];
        if (bsearch(c, frequent, frequent_count, sizeof *c, order)) worth += 3;
        else if (bsearch(c, others, other_count, sizeof *c, order)) worth += 1.5;
        else worth += other_letter(*c, language->name);
    }
    return worth;
}

static bool is_ascii_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/// Whether the word, in any case, is in a list that is separated by blanks.
static bool is_listed(const char *list, const char *word, size_t length) {
    for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == length && !strncasecmp(at, word, length)) return true;
    }
    return false;
}

double encoding_worth_of_words(const struct buffer *sample, const struct language *language) {
    size_t known = 0;
    const char *at = sample->bytes, *end = at + sample->length;
    while (at < end) {
        const char *start = at;
        while (at < end && (is_ascii_letter(*at) || *at & 0x80)) at++;
        known += at > start && is_listed(language->words, start, (size_t)(at - start));
        at += at == start;
    }
    return known < words_max ? (double)known : words_max;
}
