#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "markdown.h"

enum { definitions_max = 20000, label_bytes_max = 200 };

static const char *line_end(const char *at, const char *end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop + 1 : end;
}

/// The end of a note: of its line and of the indented lines after it.
static const char *note_end(const char *line, const char *end) {
    const char *stop = line_end(line, end);
    while (stop < end) {
        const char *next = stop;
        while (next < end && strchr("\r\n", *next)) next++;
        bool continues = end - next > 1 && (*next == '\t' || !strncmp(next, "  ", 2));
        if (!continues) break;
        stop = line_end(next, end);
    }
    return stop;
}

const char *definitions_add(struct definitions *definitions, const char *line, const char *end) {
    const char *at = line;
    while (at < end && at - line < 4 && *at == ' ') at++;
    if (end - at < 4 || *at != '[') return NULL;
    struct definition definition = {.is_note = at[1] == '^'};
    const char *label = at + 1 + definition.is_note, *stop = line_end(line, end);
    const char *close = memchr(label, ']', (size_t)(stop - label));
    if (!close || close == label || close - label > label_bytes_max) return NULL;
    if (close + 1 == stop || close[1] != ':') return NULL;
    definition.label = (struct html_slice){label, (size_t)(close - label)};
    const char *text = close + 2;
    while (text < stop && (*text == ' ' || *text == '\t')) text++;
    if (definition.is_note) {
        stop = note_end(line, end);
        definition.text = (struct html_slice){line, (size_t)(stop - line)};
    } else {
        const char *text_end = text;
        while (text_end < stop && !strchr(" \t\r\n", *text_end)) text_end++;
        if (text == text_end) return NULL;
        bool is_bracketed = *text == '<' && text_end[-1] == '>' && text_end - text > 2;
        definition.text = is_bracketed
            ? (struct html_slice){text + 1, (size_t)(text_end - text) - 2}
            : (struct html_slice){text, (size_t)(text_end - text)};
    }
    if (definitions->count == definitions_max) return NULL;
    if (definitions->count == definitions->capacity) {
        definitions->capacity = definitions->capacity * 2 + 16;
        definitions->all = checked_realloc(definitions->all, definitions->capacity,
                                           sizeof *definitions->all);
    }
    definitions->all[definitions->count++] = definition;
    return stop;
}

static int compare(const void *a, const void *b) {
    const struct definition *x = a, *y = b;
    if (x->is_note != y->is_note) return x->is_note - y->is_note;
    struct html_slice a_label = x->label, b_label = y->label;
    size_t common = a_label.length < b_label.length ? a_label.length : b_label.length;
    int order = strncasecmp(a_label.at, b_label.at, common);
    return order ? order : (a_label.length > b_label.length) - (a_label.length < b_label.length);
}

void definitions_sort(struct definitions *definitions) {
    if (definitions->count) {
        qsort(definitions->all, definitions->count, sizeof *definitions->all, compare);
    }
}

struct definition *definitions_find(struct definitions *definitions, struct html_slice label,
                                    bool is_note) {
    struct definition wanted = {.label = label, .is_note = is_note};
    if (!definitions->count) return NULL;
    return bsearch(&wanted, definitions->all, definitions->count, sizeof wanted, compare);
}
