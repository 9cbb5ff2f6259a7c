#include "normaliser.h"

#include <stdlib.h>
#include <string.h>

enum { SEQUENCE_MAX = 4, COMBINING_MIN = 0x300, DIRECT_MIN = 0x20, DIRECT_MAX = 0x7E };

static const char word_mark[] = "\xE2\x96\x81";
enum { MARK_BYTES = sizeof word_mark - 1 };

// Reads the rules into arrays of sufficient size. Returns false if they are malformed.
static bool read_rules(normaliser *rules, const e5_file *file) {
    const unsigned char *at = file->rule_bytes, *end = at + file->rule_bytes_length;
    uint32_t replaced = 0;
    for (uint32_t i = 0; i < file->rules; i++) {
        if (end - at < 5) return false;
        uint32_t scalar = e5_read_u32(at), count = at[4];
        at += 5;
        if ((size_t)(end - at) < (size_t)count * 4) return false;
        if (i > 0 && scalar <= rules->scalars[i - 1]) return false;
        rules->scalars[i] = scalar;
        rules->starts[i] = replaced;
        for (uint32_t j = 0; j < count; j++, at += 4) {
            rules->replacements[replaced] = e5_read_u32(at);
            if (rules->replacements[replaced++] > 0x10FFFF) return false;
        }
    }
    rules->starts[file->rules] = replaced;
    rules->count = file->rules;
    return at == end;
}

const char *normaliser_read(normaliser *rules, const e5_file *file) {
    *rules = (normaliser){0};
    if (file->rules > file->rule_bytes_length / 5) return "its normalisation is malformed";
    rules->scalars = malloc(((size_t)file->rules + 1) * sizeof *rules->scalars);
    rules->starts = malloc(((size_t)file->rules + 1) * sizeof *rules->starts);
    rules->replacements = malloc(file->rule_bytes_length + 1);
    if (!rules->scalars || !rules->starts || !rules->replacements) return "no memory";
    return read_rules(rules, file) ? NULL : "its normalisation is malformed";
}

void normaliser_free(normaliser *rules) {
    free(rules->scalars);
    free(rules->starts);
    free(rules->replacements);
    *rules = (normaliser){0};
}

// What replaces a scalar: `*count` scalars, or the scalar itself.
static const uint32_t *replacement(const normaliser *rules, const uint32_t *scalar, int *count) {
    uint32_t low = 0, high = rules->count;
    *count = 1;
    if (*scalar >= DIRECT_MIN && *scalar <= DIRECT_MAX) return scalar;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rules->scalars[middle] < *scalar) low = middle + 1;
        else high = middle;
    }
    if (low == rules->count || rules->scalars[low] != *scalar) return scalar;
    *count = (int)(rules->starts[low + 1] - rules->starts[low]);
    return rules->replacements + rules->starts[low];
}

static size_t decode(const unsigned char *text, size_t length, uint32_t *scalar) {
    size_t size = text[0] < 0x80 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    if (size > length) size = 1;
    *scalar = size == 1 ? text[0] : text[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) *scalar = *scalar << 6 | (text[i] & 0x3F);
    return size;
}

static bool reserve(growing_text *text, size_t extra) {
    if (text->failed) return false;
    if (text->capacity - text->length >= extra) return true;
    size_t capacity = 2 * text->capacity + extra + 64;
    char *bytes = realloc(text->bytes, capacity);
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

static void append_scalar(growing_text *text, uint32_t scalar) {
    if (!reserve(text, 4)) return;
    char *at = text->bytes + text->length;
    if (scalar < 0x80) {
        at[0] = (char)scalar;
        text->length += 1;
    } else if (scalar < 0x800) {
        at[0] = (char)(0xC0 | scalar >> 6);
        at[1] = (char)(0x80 | (scalar & 0x3F));
        text->length += 2;
    } else if (scalar < 0x10000) {
        at[0] = (char)(0xE0 | scalar >> 12);
        at[1] = (char)(0x80 | (scalar >> 6 & 0x3F));
        at[2] = (char)(0x80 | (scalar & 0x3F));
        text->length += 3;
    } else {
        at[0] = (char)(0xF0 | scalar >> 18);
        at[1] = (char)(0x80 | (scalar >> 12 & 0x3F));
        at[2] = (char)(0x80 | (scalar >> 6 & 0x3F));
        at[3] = (char)(0x80 | (scalar & 0x3F));
        text->length += 4;
    }
}

// The longest sequence at `text` that composes a scalar: its bytes, or 0. A scalar that another one
// replaces is composed as that one.
static size_t compose(const normaliser *rules, const unsigned char *text, size_t length,
                      uint32_t *composed) {
    uint32_t scalars[SEQUENCE_MAX];
    size_t ends[SEQUENCE_MAX], end = 0;
    int count = 0;
    while (count < SEQUENCE_MAX && end < length) {
        uint32_t scalar;
        end += decode(text + end, length - end, &scalar);
        if (count > 0 && scalar < COMBINING_MIN) break;
        int replaced;
        const uint32_t *by = replacement(rules, &scalar, &replaced);
        if (replaced != 1) break;
        scalars[count] = *by;
        ends[count++] = end;
    }
    int used = text_compose(scalars, count, composed);
    return used ? ends[used - 1] : 0;
}

// Appends U+2581 for a space, unless one precedes; otherwise the scalar.
static void append_normalised(growing_text *output, uint32_t scalar, bool *after_space) {
    bool is_space = scalar == ' ';
    if (is_space && *after_space) return;
    append_scalar(output, is_space ? 0x2581 : scalar);
    *after_space = is_space;
}

void normaliser_apply(const normaliser *rules, const char *text, size_t length,
                      growing_text *output) {
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    bool after_space = true;
    size_t first = output->length;
    append_scalar(output, 0x2581);
    while (at < end && !output->failed) {
        uint32_t scalar;
        size_t size = decode(at, (size_t)(end - at), &scalar);
        bool is_combined = at + size < end && at[size] >= 0xCC; // U+0300 or later follows
        size_t composed = is_combined ? compose(rules, at, (size_t)(end - at), &scalar) : 0;
        if (composed) {
            append_normalised(output, scalar, &after_space);
            at += composed;
            continue;
        }
        int count;
        const uint32_t *by = replacement(rules, &scalar, &count);
        for (int i = 0; i < count; i++) append_normalised(output, by[i], &after_space);
        at += size;
    }
    while (!output->failed && output->length - first >= MARK_BYTES
           && memcmp(output->bytes + output->length - MARK_BYTES, word_mark, MARK_BYTES) == 0) {
        output->length -= MARK_BYTES;
    }
}
