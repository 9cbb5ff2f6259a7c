#include "number_formats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"

enum kind { KIND_NUMBER, KIND_DATE, KIND_TIME, KIND_DATE_TIME, KIND_PERCENT };
enum { formats_max = 4096, styles_max = 65536 };

static struct { long id; enum kind kind; } custom[formats_max];
static size_t custom_count;
static unsigned char *kinds;
static size_t kind_count;
static bool in_cell_styles, from_1904;

/// The kind of a format code such as `yyyy\-mm\-dd hh:mm`.
static enum kind kind_of_code(const char *code) {
    bool date = false, time = false, percent = false;
    for (const char *c = code; *c && *c != ';'; c++) {
        if (*c == '"') {
            while (c[1] && c[1] != '"') c++;
            if (c[1]) c++;
        } else if (*c == '\\' || *c == '_' || *c == '*') {
            if (c[1]) c++;
        } else if (*c == '[') {
            // [h] and [hh] count hours. Other brackets are colours, conditions and locales.
            size_t units = strspn(c + 1, "hHmMsS");
            time |= units && c[1 + units] == ']';
            while (c[1] && *c != ']') c++;
        } else {
            date |= strchr("yYdD", *c) != NULL;
            time |= strchr("hHsS", *c) != NULL;
            percent |= *c == '%';
        }
    }
    if (date) return time ? KIND_DATE_TIME : KIND_DATE;
    if (time) return KIND_TIME;
    return percent ? KIND_PERCENT : KIND_NUMBER;
}

static enum kind kind_of_id(long id) {
    for (size_t i = 0; i < custom_count; i++) {
        if (custom[i].id == id) return custom[i].kind;
    }
    if (id == 9 || id == 10) return KIND_PERCENT;
    if (id >= 14 && id <= 17) return KIND_DATE;
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return KIND_TIME;
    bool east_asian = (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    return id == 22 ? KIND_DATE_TIME : east_asian ? KIND_DATE : KIND_NUMBER;
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (!strcmp(name ? name : "", "cellXfs") && event != XML_TEXT) {
        in_cell_styles = event == XML_START;
    } else if (event != XML_START) {
        return;
    } else if (!strcmp(name, "numFmt") && custom_count < formats_max) {
        const char *code = xml_attribute(reader, "formatCode");
        custom[custom_count].id = xml_number(reader, "numFmtId", -1);
        custom[custom_count++].kind = kind_of_code(code ? code : "");
    } else if (in_cell_styles && !strcmp(name, "xf") && kind_count < styles_max) {
        if (!kinds) kinds = checked_realloc(NULL, styles_max, 1);
        kinds[kind_count++] = (unsigned char)kind_of_id(xml_number(reader, "numFmtId", 0));
    }
}

void number_formats_read(const char *part) { archive_walk(part, visit); }

void number_formats_use_1904(void) { from_1904 = true; }

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

static void append_time(struct buffer *target, double serial, enum kind kind) {
    char text[64];
    long seconds = lround(serial * 86400), days = seconds / 86400;
    long of_day = seconds % 86400;
    if (kind != KIND_TIME) {
        long year;
        int month, day;
        // The 1900 system counts 1900 as a leap year, so days before March are one off.
        long epoch = from_1904 ? 24107 : days < 60 ? 25568 : 25569;
        civil(days - epoch, &year, &month, &day);
        snprintf(text, sizeof text, "%04ld-%02d-%02d", year, month, day);
        buffer_text(target, text);
        if (kind == KIND_DATE || of_day == 0) return;
        buffer_byte(target, ' ');
    }
    long hours = kind == KIND_TIME ? seconds / 3600 : of_day / 3600;
    snprintf(text, sizeof text, "%02ld:%02ld:%02ld", hours, of_day / 60 % 60, of_day % 60);
    buffer_text(target, text);
}

void append_number(struct buffer *target, const char *stored, long style) {
    char *end, text[64];
    double value = strtod(stored, &end);
    if (end == stored || *end || !isfinite(value)) {
        buffer_text(target, stored);
        return;
    }
    bool known = style >= 0 && (size_t)style < kind_count;
    enum kind kind = known ? (enum kind)kinds[style] : KIND_NUMBER;
    bool is_time = kind == KIND_DATE || kind == KIND_TIME || kind == KIND_DATE_TIME;
    if (is_time && value >= 0 && value < 2958466) {
        append_time(target, value, kind);
        return;
    }
    if (kind == KIND_PERCENT) value *= 100;
    // A spreadsheet keeps fifteen digits, so that 0.1 + 0.2 reads 0.3.
    snprintf(text, sizeof text, kind == KIND_PERCENT ? "%.10g%%" : "%.15g", value);
    buffer_text(target, text);
}
