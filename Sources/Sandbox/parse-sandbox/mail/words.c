// Encoded words in headers (RFC 2047): =?charset?B?data?= and =?charset?Q?data?=.
#include <string.h>

#include "encoding.h"
#include "mail.h"

/// The standard allows 75; a longer word is searched for its end in linear time.
enum { word_bytes_max = 4096 };

struct word {
    char charset[40];
    bool is_base64;
    struct span data;
};

/// Reads the encoded word at `at`. Returns its end; NULL if there is none.
static const char *read_word(const char *at, const char *end, struct word *word) {
    if (end - at < 8 || at[0] != '=' || at[1] != '?') return NULL;
    const char *charset = at + 2;
    const char *mark = memchr(charset, '?', (size_t)(end - charset));
    if (!mark || mark == charset || end - mark < 3 || mark[2] != '?') return NULL;
    char encoding = mark[1] | 0x20;
    if (encoding != 'b' && encoding != 'q') return NULL;
    // A language may follow the charset: "utf-8*de" (RFC 2231).
    const char *star = memchr(charset, '*', (size_t)(mark - charset));
    size_t length = (size_t)((star ? star : mark) - charset);
    if (length >= sizeof word->charset) return NULL;
    memcpy(word->charset, charset, length);
    word->charset[length] = 0;
    word->is_base64 = encoding == 'b';
    word->data.at = mark + 3;
    if (end - word->data.at > word_bytes_max) end = word->data.at + word_bytes_max;
    for (const char *stop = word->data.at; stop + 1 < end; stop++) {
        if (stop[0] != '?' || stop[1] != '=') continue;
        word->data.end = stop;
        return stop + 2;
    }
    return NULL;
}

static void decode_q(struct span data, struct buffer *bytes) {
    for (const char *at = data.at; at < data.end; at++) {
        bool escapes = *at == '=' && data.end - at > 2;
        int high = escapes ? hex_digit(at[1]) : -1, low = escapes ? hex_digit(at[2]) : -1;
        if (high >= 0 && low >= 0) {
            buffer_byte(bytes, (char)(high << 4 | low));
            at += 2;
        } else {
            buffer_byte(bytes, *at == '_' ? ' ' : *at);
        }
    }
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    return at;
}

void decode_words(struct buffer *text) {
    struct buffer result = {0}, bytes = {0};
    const char *at = text->bytes, *end = at + text->length;
    while (at < end) {
        struct word word, next;
        const char *after = read_word(at, end, &word);
        if (!after) {
            buffer_byte(&result, *at++);
            continue;
        }
        // A character can be divided between words, so words of one charset are joined first.
        buffer_clear(&bytes);
        next = word;
        do {
            if (next.is_base64) decode_base64(next.data, &bytes);
            else decode_q(next.data, &bytes);
            at = after;
            // Blanks between two encoded words are not text.
            const char *other = skip_blanks(after, end);
            after = read_word(other, end, &next);
            if (after) at = other;
        } while (after && !strcasecmp(next.charset, word.charset));
        decode_named(&bytes, word.charset);
        buffer_append(&result, bytes.bytes, bytes.length);
    }
    buffer_free(&bytes);
    buffer_free(text);
    *text = result;
}
