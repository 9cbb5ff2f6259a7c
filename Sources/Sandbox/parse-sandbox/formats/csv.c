// CSV and TSV. The delimiter is detected, and quoted fields may contain line breaks (RFC 4180).
// The structure of the rows is found as in a spreadsheet.
#include <string.h>
#include <strings.h>

#include "csv_delimiter.h"
#include "encoding.h"
#include "formats.h"
#include "sheet.h"
#include "writer.h"

/// Reads one field at `at`. Returns the position of its delimiter or line end. Without a delimiter
/// a field is a line.
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
    while (at < end && (!delimiter || *at != delimiter) && *at != '\n' && *at != '\r') at++;
    buffer_append(field, start, (size_t)(at - start));
    return at;
}

static void read_rows(const char *at, const char *end, char delimiter) {
    struct buffer field = {0};
    long row = 0, column = 0;
    while (at < end) {
        buffer_clear(&field);
        at = read_field(at, end, delimiter, &field);
        sheet_cell(row, column, &field, CELL_TEXT, false);
        if (at < end && delimiter && *at == delimiter) {
            at++;
            column++;
            continue;
        }
        if (at < end && *at == '\r') at++;
        if (at < end && *at == '\n') at++;
        row++;
        column = 0;
    }
    buffer_free(&field);
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
    sheet_begin(false);
    read_rows(at, end, delimiter);
    sheet_end();
}
