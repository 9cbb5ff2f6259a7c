// Dates of messages (RFC 5322, with the obsolete forms) in ISO 8601.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail.h"

struct date {
    int day, month, year, hour, minute, second;
    /// As written, such as `+0100` or `GMT`.
    char zone[8];
};

static int month_of(const char *name) {
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++) {
        if (!strncasecmp(name, names + i * 3, 3)) return i + 1;
    }
    return 0;
}

/// Reads `[Tue, ]3 Mar 2026 09:12[:00] [+0100]`.
static bool read_date(const char *text, struct date *date) {
    char month[16] = "";
    const char *comma = strchr(text, ',');
    if (comma) text = comma + 1;
    int length = 0;
    int count = sscanf(text, " %2d%*[ -]%15[A-Za-z]%*[ .-]%4d%n", &date->day, month, &date->year,
                       &length);
    date->month = month_of(month);
    if (count != 3 || !length || !date->month) return false;
    text += length;
    length = 0;
    if (sscanf(text, " %2d:%2d%n", &date->hour, &date->minute, &length) != 2) return false;
    text += length;
    if (sscanf(text, ":%2d%n", &date->second, &length) == 1) text += length;
    sscanf(text, " %7[A-Za-z0-9+-]", date->zone);
    if (date->year < 50) date->year += 2000;
    else if (date->year < 1000) date->year += 1900;
    return date->day >= 1 && date->day <= 31 && date->hour >= 0 && date->hour < 24 &&
        date->minute >= 0 && date->minute < 60 && date->second >= 0 && date->second <= 60;
}

/// The zone as `+01:00`; empty if it is unknown.
static void format_zone(const char *zone, char result[8]) {
    static const struct { const char *name, *offset; } names[] = {
        {"UT", "+00:00"},  {"UTC", "+00:00"}, {"GMT", "+00:00"}, {"Z", "+00:00"},
        {"EST", "-05:00"}, {"EDT", "-04:00"}, {"CST", "-06:00"}, {"CDT", "-05:00"},
        {"MST", "-07:00"}, {"MDT", "-06:00"}, {"PST", "-08:00"}, {"PDT", "-07:00"},
        {"CET", "+01:00"}, {"CEST", "+02:00"},
    };
    *result = 0;
    bool is_offset = (*zone == '+' || *zone == '-') && strspn(zone + 1, "0123456789") == 4;
    if (is_offset) {
        snprintf(result, 8, "%.3s:%.2s", zone, zone + 3);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcasecmp(zone, names[i].name)) snprintf(result, 8, "%s", names[i].offset);
    }
}

void format_date(struct buffer *text) {
    struct date date = {0};
    char zone[8], line[64];
    if (!read_date(buffer_cstring(text), &date)) return;
    format_zone(date.zone, zone);
    snprintf(line, sizeof line, "%04d-%02d-%02d %02d:%02d:%02d%s%s", date.year % 10000, date.month,
             date.day, date.hour, date.minute, date.second, *zone ? " " : "", zone);
    buffer_clear(text);
    buffer_text(text, line);
}
