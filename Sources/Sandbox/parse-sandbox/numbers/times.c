// Dates and times of spreadsheets: days since an epoch.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rendering.h"

/// Converts days since 1970-01-01 to a civil date.
static void civil(long days, long *year, int *month, int *day) {
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    long of_era = days - era * 146097;
    long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static void append_date(struct buffer *target, double serial, bool from_1904, bool has_time) {
    char text[64];
    long seconds = lround(serial * 86400), days = seconds / 86400, of_day = seconds % 86400;
    long year;
    int month, day;
    // The 1900 system counts 1900 as a leap year, so days before March are one off.
    long epoch = from_1904 ? 24107 : days < 60 ? 25568 : 25569;
    civil(days - epoch, &year, &month, &day);
    snprintf(text, sizeof text, "%04ld-%02d-%02d", year, month, day);
    buffer_text(target, text);
    if (!has_time || of_day == 0) return;
    snprintf(text, sizeof text, " %02ld:%02ld:%02ld", of_day / 3600, of_day / 60 % 60, of_day % 60);
    buffer_text(target, text);
}

/// How a section shows a time.
struct clock { bool has_half_days; int places; };

static struct clock clock_of(const struct section *section) {
    struct clock clock = {0};
    for (size_t i = 0; i < section->count; i++) {
        const struct token *token = &section->tokens[i];
        clock.has_half_days |= token->kind == TOKEN_HALF_DAY;
        // The only digits in the code of a time are those of a second's fraction.
        if (token->kind == TOKEN_DIGIT && clock.places < 3) clock.places++;
    }
    return clock;
}

static void append_part(struct buffer *target, const struct token *token, struct clock clock,
                        double seconds) {
    long long whole = (long long)seconds;
    long long value = 0;
    bool is_elapsed = token->kind == TOKEN_ELAPSED;
    switch (token->letter) {
    case 'h': value = is_elapsed ? whole / 3600 : whole / 3600 % 24; break;
    case 'n': value = whole / 60 % 60; break;
    case 'm': value = whole / 60; break;
    case 's': value = is_elapsed ? whole : whole % 60; break;
    }
    if (token->letter == 'h' && clock.has_half_days) value = value % 12 ? value % 12 : 12;
    char text[32];
    snprintf(text, sizeof text, token->count > 1 ? "%02lld" : "%lld", value);
    buffer_text(target, text);
}

static void append_clock(struct buffer *target, double days, const struct format_code *code,
                         const struct section *section) {
    struct clock clock = clock_of(section);
    double scale = pow(10, clock.places), seconds = round(fabs(days) * 86400 * scale) / scale;
    if (days < 0) buffer_byte(target, '-');
    char text[32];
    for (size_t i = 0; i < section->count; i++) {
        const struct token *token = &section->tokens[i];
        switch (token->kind) {
        case TOKEN_PART: case TOKEN_ELAPSED: append_part(target, token, clock, seconds); break;
        case TOKEN_HALF_DAY:
            buffer_text(target, fmod(seconds, 86400) < 43200 ? "AM" : "PM");
            break;
        case TOKEN_POINT:
            if (!clock.places) break;
            snprintf(text, sizeof text, "%.*f", clock.places, seconds - floor(seconds));
            buffer_text(target, text + 1);
            break;
        case TOKEN_SLASH: buffer_byte(target, '/'); break;
        case TOKEN_TEXT: append_token_text(target, code, token); break;
        default: break;
        }
    }
}

void append_time(struct buffer *target, double days, bool from_1904,
                 const struct format_code *code, const struct section *section) {
    if (section->has_date) append_date(target, days, from_1904, section->has_time);
    else append_clock(target, days, code, section);
}
