#include "encoding.h"

#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

#include "encoding_guess.h"
#include "encoding_labels.h"
#include "failure.h"
#include "report.h"

int32_t utf8_scalar(const char *at, const char *end, size_t *length) {
    const unsigned char *s = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    *length = 1;
    if (s[0] < 0x80) return s[0];
    size_t extra = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : 1;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left <= extra) return -1;
    int32_t scalar = s[0] & (0x3f >> extra);
    for (size_t i = 1; i <= extra; i++) {
        if ((s[i] & 0xc0) != 0x80) return -1;
        scalar = scalar << 6 | (s[i] & 0x3f);
    }
    static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
    bool surrogate = scalar >= 0xd800 && scalar < 0xe000;
    if (scalar < least[extra] || scalar > 0x10ffff || surrogate) return -1;
    *length = extra + 1;
    return scalar;
}

/// How many characters of a decoded text were invalid.
static size_t invalid;

/// Appends UTF-16 as UTF-8. `high` is the first half of a pair that began before.
static void append_units(struct buffer *result, const UChar *unit, const UChar *end,
                         uint32_t *high) {
    for (; unit < end; unit++) {
        invalid += *unit == 0xfffd || (*unit >= 0x80 && *unit < 0xa0 && *unit != 0x85);
        if (*high && U16_IS_TRAIL(*unit)) {
            buffer_scalar(result, (uint32_t)U16_GET_SUPPLEMENTARY(*high, *unit));
            *high = 0;
            continue;
        }
        if (*high) buffer_scalar(result, 0xfffd);
        *high = U16_IS_LEAD(*unit) ? *unit : 0;
        if (!*high) buffer_scalar(result, *unit);
    }
}

/// Converts the text. Keeps the converter, and returns false, if it is NULL or if more than one
/// character in `tolerance` is invalid.
static bool convert(struct buffer *text, UConverter *converter, size_t tolerance) {
    if (!converter) return false;
    struct buffer result = {0};
    const char *from = text->bytes, *end = from + text->length;
    UChar units[8192];
    UErrorCode status;
    uint32_t high = 0;
    size_t count = 0;
    invalid = 0;
    do {
        UChar *to = units;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &to, units + 8192, &from, end, NULL, true, &status);
        append_units(&result, units, to, &high);
        count += (size_t)(to - units);
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    if (U_FAILURE(status) || invalid * tolerance > count) {
        buffer_free(&result);
        return false;
    }
    report_encoding(encoding_name(converter));
    buffer_free(text);
    *text = result;
    return true;
}

static bool convert_from(struct buffer *text, const char *encoding) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(encoding, &status);
    bool converted = U_SUCCESS(status) && convert(text, converter, 0);
    if (converter) ucnv_close(converter);
    return converted;
}

/// The encoding by byte order mark, and the mark's length; NULL if there is none.
static const char *byte_order_mark(const struct buffer *text, size_t *length) {
    static const struct { const char *mark; size_t length; const char *encoding; } marks[] = {
        {"\xef\xbb\xbf", 3, "UTF-8"},
        {"\xff\xfe\0\0", 4, "UTF-32LE"},
        {"\0\0\xfe\xff", 4, "UTF-32BE"},
        {"\xff\xfe", 2, "UTF-16LE"},
        {"\xfe\xff", 2, "UTF-16BE"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (text->length < marks[i].length) continue;
        if (memcmp(text->bytes, marks[i].mark, marks[i].length)) continue;
        *length = marks[i].length;
        return marks[i].encoding;
    }
    return NULL;
}

/// Detects UTF-16 without a mark by its upper bytes: of letters up to Thai, they are NUL or another
/// control character.
static const char *utf16_by_pattern(const struct buffer *text) {
    size_t pairs = (text->length < 8192 ? text->length : 8192) / 2, nuls[2] = {0}, upper[2] = {0};
    for (size_t i = 0; i < pairs * 2; i++) {
        nuls[i & 1] += text->bytes[i] == 0;
        upper[i & 1] += (text->bytes[i] >= 0 && text->bytes[i] < 7) || text->bytes[i] == 0x0e;
    }
    for (size_t side = 0; side < 2; side++) {
        bool fits = nuls[side] * 5 > pairs * 2 || upper[side] * 10 > pairs * 9;
        if (fits && nuls[!side] * 20 < pairs) return side ? "UTF-16LE" : "UTF-16BE";
    }
    return NULL;
}

/// Whether the text is UTF-8, with little damage at most.
static bool is_utf8(const struct buffer *text) {
    size_t valid = 0, length;
    invalid = 0;
    const char *end = text->bytes + text->length;
    for (const char *at = text->bytes; at < end; at += length) {
        if (utf8_scalar(at, end, &length) < 0) invalid++;
        else if (length > 1) valid++;
    }
    return invalid == 0 || valid >= invalid * 3;
}

/// Encodings of e-mail in 7 bits, which switch between alphabets by escape sequences.
static const char *escaped_encoding(const struct buffer *text) {
    static const struct { const char *escape, *encoding; } escapes[] = {
        {"\33$B", "ISO-2022-JP"}, {"\33$@", "ISO-2022-JP"}, {"\33(J", "ISO-2022-JP"},
        {"\33$)C", "ISO-2022-KR"}, {"\33$)A", "ISO-2022-CN"},
    };
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] & 0x80) return NULL;
    }
    const char *escape = memchr(text->bytes, '\33', text->length);
    for (size_t i = 0; escape && i < sizeof escapes / sizeof *escapes; i++) {
        const char *mark = escapes[i].escape;
        if (memmem(escape, text->length - (size_t)(escape - text->bytes), mark, strlen(mark))) {
            return escapes[i].encoding;
        }
    }
    return NULL;
}

static bool convert_as_declared(struct buffer *text, const char *declared) {
    // The text is not UTF-8, so a declaration of UTF-8 is wrong.
    if (!declared || !strcasecmp(declared, "utf-8")) return false;
    UConverter *converter = encoding_open_label(declared);
    bool converted = convert(text, converter, 50);
    if (converter) ucnv_close(converter);
    return converted;
}

static void to_utf8(struct buffer *text, const char *declared) {
    size_t mark = 0;
    const char *encoding = byte_order_mark(text, &mark);
    if (mark) {
        memmove(text->bytes, text->bytes + mark, text->length - mark);
        text->length -= mark;
    } else {
        encoding = utf16_by_pattern(text);
        if (!encoding) encoding = escaped_encoding(text);
    }
    invalid = 0;
    if (encoding && strcmp(encoding, "UTF-8") && convert_from(text, encoding)) return;
    if (is_utf8(text) || (encoding && !strcmp(encoding, "UTF-8"))) {
        report_encoding("UTF-8");
        return;
    }
    if (convert_as_declared(text, declared)) return;
    struct encoding_guess guess = encoding_guess(text);
    if (guess.is_close) report_warning(WARNING_ENCODING_UNCERTAIN, 0);
    if (guess.encoding && convert_from(text, guess.encoding)) return;
    if (!convert_from(text, "windows-1252")) fail(FAILURE_MALFORMED, "the encoding is unknown");
}

void decode_text(struct buffer *text, const char *declared) {
    to_utf8(text, declared);
    if (invalid) report_warning(WARNING_INVALID_CHARACTERS, 0);
    buffer_cstring(text);
}

bool decode_as(struct buffer *text, const char *charset) {
    bool is_known = convert_from(text, charset);
    buffer_cstring(text);
    return is_known;
}

void decode_named(struct buffer *text, const char *charset) {
    static const char *const like_ascii[] = {"utf-7", "hz", "iso-2022-", NULL};
    for (const char *const *prefix = like_ascii; *prefix; prefix++) {
        bool is_like = !strncasecmp(charset, *prefix, strlen(*prefix));
        if (is_like && decode_as(text, charset)) return;
    }
    decode_text(text, charset);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
