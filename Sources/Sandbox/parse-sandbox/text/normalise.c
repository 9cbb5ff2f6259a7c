#include "normalise.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "encoding.h"
#include "failure.h"

/// Text below U+0300 is always in NFC. All its UTF-8 bytes are below 0xCC.
static bool surely_nfc(const char *line, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] >= 0xcc) return false;
    }
    return true;
}

/// The longest line that is normalised, so that the size of its result fits ICU's 32 bits.
enum { nfc_bytes_max = (INT32_MAX / 3 - 16) / 3 };

/// Appends one valid UTF-8 line in NFC; a longer line unchanged. Lines are normalised separately:
/// LF never composes.
static void append_nfc(struct buffer *result, const char *line, size_t length) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = surely_nfc(line, length) ? NULL : unorm2_getNFCInstance(&status);
    if (!nfc || length > nfc_bytes_max) {
        buffer_append(result, line, length);
        return;
    }
    int32_t units = 0, composed = 0, bytes = 0, room = (int32_t)length * 3 + 16;
    UChar *plain = checked_realloc(NULL, length + 1, sizeof *plain);
    u_strFromUTF8(plain, (int32_t)length + 1, &units, line, (int32_t)length, &status);
    if (U_SUCCESS(status) && unorm2_quickCheck(nfc, plain, units, &status) == UNORM_YES) {
        buffer_append(result, line, length);
    } else {
        UChar *nfc_text = checked_realloc(NULL, (size_t)room, sizeof *nfc_text);
        composed = unorm2_normalize(nfc, plain, units, nfc_text, room, &status);
        buffer_reserve(result, (size_t)room * 3);
        u_strToUTF8(result->bytes + result->length, room * 3, &bytes, nfc_text, composed,
                    &status);
        free(nfc_text);
        if (U_FAILURE(status)) fail(FAILURE_MALFORMED, "the text cannot be normalised");
        result->length += (size_t)bytes;
    }
    free(plain);
}

struct lines {
    struct buffer line;
    struct buffer result;
    int blank;
};

/// Ends the current line. Trims it, and drops it if two blank lines precede it.
static void end_line(struct lines *lines, const char *end) {
    struct buffer *line = &lines->line;
    while (line->length && strchr(" \t", line->bytes[line->length - 1])) line->length--;
    if (line->length) {
        lines->blank = 0;
        append_nfc(&lines->result, line->bytes, line->length);
    } else if (*end == '\n' && ++lines->blank > 2) {
        return;
    }
    buffer_text(&lines->result, end);
    buffer_clear(line);
}

static bool is_dropped(int32_t scalar) {
    bool control = scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0);
    if (control) return scalar != '\t';
    return scalar == 0xad || scalar == 0xfeff || (scalar & 0xfffe) == 0xfffe;
}

/// The length of the terminal's escape sequence at `at`: a command for colours or the cursor
/// (`ESC [ 3 2 m`), a string such as a window's title (`ESC ] … BEL`), or another short sequence.
static size_t escape_length(const char *at, const char *end) {
    const char *next = at + 1;
    if (next == end || *next == '\n') return 1;
    char kind = *next++;
    if (kind == '[') {
        while (next < end && *next >= 0x20 && *next <= 0x3f) next++;
        return (size_t)(next - at) + (next < end && *next >= 0x40 && *next <= 0x7e);
    }
    if (kind && strchr("]PX^_", kind)) {
        while (next < end && *next != '\a' && *next != '\33' && *next != '\n') next++;
        if (next == end || *next == '\n') return 2;
        if (*next == '\a') return (size_t)(next + 1 - at);
        return (size_t)(next - at) + (end - next > 1 && next[1] == '\\' ? 2 : 0);
    }
    while (kind >= 0x20 && kind <= 0x2f && next < end) kind = *next++;
    return (size_t)(next - at);
}

struct buffer normalise(const struct buffer *text) {
    struct lines lines = {0};
    const char *end = text->bytes + text->length;
    size_t length;
    for (const char *at = text->bytes; at < end; at += length) {
        int32_t scalar = utf8_scalar(at, end, &length);
        if (scalar < 0) {
            buffer_scalar(&lines.line, 0xfffd);
        } else if (scalar == 0x1b) {
            length = escape_length(at, end);
        } else if (scalar == '\n' || scalar == 0x2028 || scalar == 0x2029) {
            end_line(&lines, "\n");
        } else if (scalar == '\r') {
            if (end - at > 1 && at[1] == '\n') length = 2;
            end_line(&lines, "\n");
        } else if (scalar == '\f') {
            end_line(&lines, "\f");
            lines.blank = 0;
        } else if (!is_dropped(scalar)) {
            buffer_append(&lines.line, at, length);
        }
    }
    if (lines.line.length) end_line(&lines, "\n");
    buffer_free(&lines.line);
    return lines.result;
}

bool has_words(const struct buffer *text) {
    for (size_t i = 0; i < text->length; i++) {
        unsigned char c = (unsigned char)text->bytes[i];
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') return true;
        if (c >= '0' && c <= '9') return true;
        // U+00A0 and above, without the no-break space and U+FFFD.
        bool wide = c >= 0xc2 && i + 2 < text->length;
        if (wide && memcmp(text->bytes + i, "\xc2\xa0", 2) &&
            memcmp(text->bytes + i, "\xef\xbf\xbd", 3)) return true;
        if (c >= 0xc2) i += 1;
    }
    return false;
}
