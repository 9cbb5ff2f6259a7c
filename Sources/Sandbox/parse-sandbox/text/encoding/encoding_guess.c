#include "encoding_guess.h"

#include <string.h>
#include <unicode/ucnv.h>

enum {
    /// Only lines with bytes outside of ASCII count, up to this many bytes.
    sample_bytes_max = encoding_sample_max,
};

/// The encodings, with the languages that are written in them. Those that are rare today have a
/// handicap. Of two that fit alike, the first.
static const struct candidate {
    const char *encoding, *languages;
    int handicap;
} candidates[] = {
    {"windows-1252", "en de fr es pt it nl sv da fi", 0},
    {"windows-1252", "is ca sq", 2},
    {"ISO-8859-15", "de fr es pt it nl sv da fi et", 0},
    {"IBM850", "en de fr es pt it nl sv da fi", 1},
    {"IBM850", "is ca", 2},
    {"IBM437", "en de fr es it nl sv fi", 2},
    {"macintosh", "en de fr es pt it nl sv da fi ca", 2},
    {"windows-1250", "de pl cs sk hu ro hr sl", 0},
    {"windows-1250", "sq", 2},
    {"ISO-8859-2", "de pl cs sk hu ro hr sl", 0},
    {"IBM852", "de pl cs sk hu ro hr sl", 1},
    {"x-mac-centraleurroman", "de pl cs sk hu", 2},
    {"windows-1254", "tr de fr en", 0},
    {"IBM857", "tr de", 1},
    {"windows-1257", "lv lt et pl", 1},
    {"ISO-8859-4", "lv lt et", 2},
    {"IBM775", "lv lt et pl", 3},
    {"ISO-8859-3", "eo", 3},
    {"IBM865", "da sv", 3},
    {"IBM861", "is", 3},
    {"IBM860", "pt", 3},
    {"windows-1258", "vi", 1},
    {"windows-1251", "ru uk bg sr", 0},
    {"KOI8-R", "ru", 1},
    {"KOI8-U", "uk", 1},
    {"IBM866", "ru uk bg", 1},
    {"ISO-8859-5", "ru bg sr", 1},
    {"x-mac-cyrillic", "ru uk bg sr", 2},
    {"IBM855", "ru bg sr", 2},
    {"windows-1253", "el en", 0},
    {"ISO-8859-7", "el en", 0},
    {"IBM737", "el", 2},
    {"windows-1255", "he en", 0},
    {"IBM862", "he", 2},
    {"windows-1256", "ar fa en", 0},
    {"ISO-8859-6", "ar", 1},
    {"windows-874", "th", 0},
    {"windows-31j", "ja", 0},
    {"EUC-JP", "ja", 0},
    {"gb18030", "zh-Hans zh-Hant", 0},
    {"Big5-HKSCS", "zh-Hant", 0},
    {"windows-949", "ko", 0},
    {"UTF-16LE", "zh-Hans zh-Hant ja ko ru uk bg el he ar fa th", 3},
    {"UTF-16BE", "zh-Hans zh-Hant ja ko ru uk bg el he ar fa th", 3},
};

enum { candidate_count = sizeof candidates / sizeof *candidates };

/// Copies the lines with bytes outside of ASCII.
static void take_sample(const struct buffer *text, struct buffer *sample) {
    const char *at = text->bytes, *end = at + text->length;
    while (at < end && sample->length < sample_bytes_max) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop + 1 : end;
        size_t length = (size_t)(stop - at), room = sample_bytes_max - sample->length;
        for (const char *byte = at; byte < stop; byte++) {
            if (!(*byte & 0x80)) continue;
            buffer_append(sample, at, length < room ? length : room);
            break;
        }
        at = stop;
    }
}

static bool decode(const char *encoding, const struct buffer *sample, struct reading *reading) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(encoding, &status);
    if (U_FAILURE(status)) return false;
    const char *from = sample->bytes;
    UChar *to = reading->text;
    ucnv_toUnicode(converter, &to, reading->text + sample_bytes_max, &from,
                   sample->bytes + sample->length, NULL, false, &status);
    ucnv_close(converter);
    reading->length = (int32_t)(to - reading->text);
    return true;
}

/// The worth of a reading in the language that suits it best. `bytes` are those outside of ASCII.
static double worth(const struct reading *reading, const struct buffer *sample, size_t bytes,
                    const char *in_languages) {
    double best = -1e9;
    for (size_t i = 0; i < language_count; i++) {
        const struct language *language = &languages[i];
        size_t length = strlen(language->name);
        const char *found = strstr(in_languages, language->name);
        if (!found || (found[length] && found[length] != ' ')) continue;
        double letters = encoding_worth_of_letters(reading, language);
        // Encodings with two bytes per character give fewer characters.
        double sum = (letters + reading->places) / (double)reading->count * (double)bytes +
            encoding_worth_of_words(sample, language);
        if (sum > best) best = sum;
    }
    return best;
}

struct encoding_guess encoding_guess(const struct buffer *text) {
    static struct reading readings[2];
    struct buffer sample = {0};
    struct encoding_guess guess = {0};
    double best = -1e9, second = -1e9;
    struct reading *reading = &readings[0], *best_reading = &readings[1];
    take_sample(text, &sample);
    size_t bytes = 0;
    for (size_t i = 0; i < sample.length; i++) bytes += (sample.bytes[i] & 0x80) != 0;
    best_reading->length = 0;
    for (size_t i = 0; i < candidate_count && sample.length; i++) {
        const struct candidate *candidate = &candidates[i];
        if (!decode(candidate->encoding, &sample, reading)) continue;
        encoding_count(reading);
        if (!reading->count) continue;
        double sum = worth(reading, &sample, bytes, candidate->languages) - candidate->handicap;
        // Most bytes are a character of UTF-16, if a rare one.
        bool is_wide = !strncmp(candidate->encoding, "UTF-16", 6);
        if (is_wide && (sum < 0 || text->length % 2)) continue;
        bool is_same = reading->length == best_reading->length &&
            !memcmp(reading->text, best_reading->text, (size_t)reading->length * 2);
        if (sum > best) {
            if (!is_same) second = best;
            best = sum;
            guess.encoding = candidate->encoding;
            struct reading *other = best_reading;
            best_reading = reading;
            reading = other;
        } else if (sum > second && !is_same) {
            second = sum;
        }
    }
    guess.is_close = best - second < 4;
    buffer_free(&sample);
    return guess;
}
