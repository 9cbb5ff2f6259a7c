// CSV and TSV. The delimiter is detected, and quoted fields may contain line breaks (RFC 4180).
// The rows become a table whose parts each repeat the heading row.
#include <string.h>

#include "encoding.h"
#include "formats.h"
#include "writer.h"

/// The delimiter that splits the first lines most evenly, ignoring quoted text.
static char find_delimiter(const struct buffer *text) {
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t sample = text->length < 65536 ? text->length : 65536, best_score = 0;
    char best = ',';
    for (size_t c = 0; c < sizeof candidates; c++) {
        size_t fields = 0, first = 0, lines = 0, equal = 0;
        bool quoted = false;
        for (size_t i = 0; i < sample && lines < 20; i++) {
            char byte = text->bytes[i];
            quoted ^= byte == '"';
            fields += !quoted && byte == candidates[c];
            if (quoted || byte != '\n') continue;
            if (lines++ == 0) first = fields;
            equal += fields == first;
            fields = 0;
        }
        if (lines == 0) first = fields, equal = 1;
        size_t score = first ? equal * 64 + (first < 63 ? first : 63) : 0;
        if (score > best_score) {
            best_score = score;
            best = candidates[c];
        }
    }
    return best;
}

/// Reads one field at `at`. Returns the position of its delimiter or line end.
static const char *read_field(const char *at, const char *end, char delimiter,
                              struct buffer *field) {
    if (at < end && *at == '"') {
        for (at++; at < end; at++) {
            if (*at == '"') {
                if (at + 1 == end || at[1] != '"') break;
                at++;
            }
            buffer_byte(field, *at);
        }
        if (at < end) at++;
    }
    const char *start = at;
    while (at < end && *at != delimiter && *at != '\n' && *at != '\r') at++;
    buffer_append(field, start, (size_t)(at - start));
    return at;
}

void parse_csv(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    const char *at = document->bytes, *end = at + document->length;
    char delimiter = find_delimiter(document);
    if (document->length > 5 && !strncasecmp(at, "sep=", 4)) {
        delimiter = at[4];
        const char *line = memchr(at, '\n', document->length);
        at = line ? line + 1 : end;
    }
    struct buffer field = {0};
    table_begin();
    while (at < end) {
        buffer_clear(&field);
        at = read_field(at, end, delimiter, &field);
        table_cell(&field);
        if (at < end && *at == delimiter) {
            at++;
            continue;
        }
        table_row_end();
        if (at < end && *at == '\r') at++;
        if (at < end && *at == '\n') at++;
    }
    table_end();
    buffer_free(&field);
}
