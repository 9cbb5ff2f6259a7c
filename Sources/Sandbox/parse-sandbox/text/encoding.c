#include "encoding.h"

#include <string.h>
#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>

#include "failure.h"

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

/// Converts from a named encoding. Returns false if ICU does not support it.
static bool convert(struct buffer *text, const char *encoding) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(encoding, &status);
    if (U_FAILURE(status)) return false;
    struct buffer result = {0};
    const char *from = text->bytes, *end = from + text->length;
    UChar units[8192];
    uint32_t high = 0;
    do {
        UChar *to = units;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &to, units + 8192, &from, end, NULL, true, &status);
        for (const UChar *unit = units; unit < to; unit++) {
            if (high && U16_IS_TRAIL(*unit)) {
                buffer_scalar(&result, (uint32_t)U16_GET_SUPPLEMENTARY(high, *unit));
                high = 0;
                continue;
            }
            if (high) buffer_scalar(&result, 0xfffd);
            high = U16_IS_LEAD(*unit) ? *unit : 0;
            if (!high) buffer_scalar(&result, *unit);
        }
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(converter);
    if (U_FAILURE(status)) fail(FAILURE_MALFORMED, "the text is invalid in its encoding");
    buffer_free(text);
    *text = result;
    return true;
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

/// Detects UTF-16 without a mark by NULs on one side of each pair.
static const char *utf16_by_pattern(const struct buffer *text) {
    size_t pairs = (text->length < 8192 ? text->length : 8192) / 2, nuls[2] = {0};
    for (size_t i = 0; i < pairs * 2; i++) nuls[i & 1] += text->bytes[i] == 0;
    if (nuls[1] * 5 > pairs * 2 && nuls[0] * 20 < pairs) return "UTF-16LE";
    if (nuls[0] * 5 > pairs * 2 && nuls[1] * 20 < pairs) return "UTF-16BE";
    return NULL;
}

/// Whether the text is UTF-8, with little damage at most, and not a 7-bit escape encoding.
static bool is_utf8(const struct buffer *text) {
    size_t valid = 0, invalid = 0, length;
    const char *end = text->bytes + text->length;
    for (const char *at = text->bytes; at < end; at += length) {
        if (utf8_scalar(at, end, &length) < 0) invalid++;
        else if (length > 1) valid++;
        else if (*at == 0x1b && end - at > 2 && (at[1] == '$' || at[1] == '(')) return false;
    }
    return invalid == 0 || valid >= invalid * 10;
}

static bool convert_as_detected(struct buffer *text) {
    uchardet_t detector = uchardet_new();
    size_t sample = text->length < 1 << 20 ? text->length : 1 << 20;
    bool known = detector && uchardet_handle_data(detector, text->bytes, sample) == 0;
    if (known) {
        uchardet_data_end(detector);
        const char *name = uchardet_get_charset(detector);
        known = *name && strcmp(name, "ASCII") && convert(text, name);
    }
    if (detector) uchardet_delete(detector);
    return known;
}

static void to_utf8(struct buffer *text, const char *declared) {
    size_t mark = 0;
    const char *encoding = byte_order_mark(text, &mark);
    if (mark) {
        memmove(text->bytes, text->bytes + mark, text->length - mark);
        text->length -= mark;
    } else {
        encoding = utf16_by_pattern(text);
    }
    if (encoding && !strcmp(encoding, "UTF-8")) return;
    if (encoding && convert(text, encoding)) return;
    if (is_utf8(text)) return;
    // The text is not UTF-8, so a declaration of UTF-8 is wrong.
    if (declared && *declared && strcasecmp(declared, "utf-8") && convert(text, declared)) return;
    if (convert_as_detected(text)) return;
    if (!convert(text, "windows-1252")) fail(FAILURE_MALFORMED, "the encoding is unknown");
}

void decode_text(struct buffer *text, const char *declared) {
    to_utf8(text, declared);
    buffer_cstring(text);
}
