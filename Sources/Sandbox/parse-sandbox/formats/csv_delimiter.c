// Finds the delimiter that splits the first lines most evenly, ignoring quoted text.
#include "csv_delimiter.h"

#include <string.h>

enum { sample_bytes = 65536, sample_lines = 60 };

/// The fields of the first lines with one delimiter. Lines without text are left out.
struct split {
    size_t lines, counts[sample_lines];
    /// Lines in which a blank follows each delimiter, as a comma in a sentence.
    size_t spaced;
};

static struct split split_with(const struct buffer *text, char delimiter) {
    struct split split = {0};
    size_t end = text->length < sample_bytes ? text->length : sample_bytes;
    bool quoted = false, has_text = false, is_spaced = true;
    size_t delimiters = 0;
    for (size_t i = 0; i <= end && split.lines < sample_lines; i++) {
        char byte = i < end ? text->bytes[i] : '\n';
        if (i == end && end < text->length) break;
        quoted ^= byte == '"';
        if (!quoted && byte == delimiter) {
            delimiters++;
            is_spaced &= i + 1 < end && text->bytes[i + 1] == ' ';
        }
        has_text |= !strchr(" \t\r\n", byte) && byte != delimiter;
        if (byte != '\n' || (quoted && i < end)) continue;
        if (has_text) {
            split.spaced += delimiters && is_spaced;
            split.counts[split.lines++] = delimiters;
        }
        delimiters = 0;
        has_text = false;
        is_spaced = true;
    }
    return split;
}

/// How many lines have as many delimiters as most lines, which is set as `usual`.
static size_t even_lines(const struct split *split, size_t *usual) {
    size_t best = 0;
    *usual = 0;
    for (size_t i = 0; i < split->lines; i++) {
        size_t equal = 0;
        for (size_t j = 0; j < split->lines; j++) equal += split->counts[j] == split->counts[i];
        bool is_better = equal > best || (equal == best && split->counts[i] > *usual);
        if (!split->counts[i] || !is_better) continue;
        best = equal;
        *usual = split->counts[i];
    }
    return best;
}

char find_delimiter(const struct buffer *text) {
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t best_score = 0;
    char best = 0;
    for (size_t c = 0; c < sizeof candidates; c++) {
        struct split split = split_with(text, candidates[c]);
        size_t usual, even = even_lines(&split, &usual);
        // Sentences have different numbers of commas, each with a blank after it.
        bool is_prose = split.spaced * 2 > split.lines && even * 10 < split.lines * 7;
        bool is_rare = even * 3 < split.lines && split.counts[0] == 0;
        if (!even || is_prose || is_rare) continue;
        size_t score = even * 64 + (usual < 63 ? usual : 63);
        if (score > best_score) {
            best_score = score;
            best = candidates[c];
        }
    }
    return best;
}
