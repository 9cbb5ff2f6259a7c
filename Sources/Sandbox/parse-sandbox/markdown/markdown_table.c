// A table of GitHub Flavored Markdown, in the form that all tables have here.
#include <string.h>

#include "markdown.h"
#include "writer.h"

/// Writes one row. Returns whether a cell has text.
static bool write_row(const char *at, const char *end, struct definitions *definitions) {
    struct buffer source = {0}, cell = {0};
    bool has_text = false;
    while (at < end && strchr(" \t\r\n>", *at)) at++;
    while (end > at && strchr(" \t\r\n", end[-1])) end--;
    if (at < end && *at == '|') at++;
    bool is_closed = end > at && end[-1] == '|' && (end - at < 2 || end[-2] != '\\');
    if (is_closed) end--;
    for (bool is_last = false; !is_last;) {
        buffer_clear(&source);
        buffer_clear(&cell);
        for (; at < end && *at != '|'; at++) {
            bool is_escaped = *at == '\\' && end - at > 1 && at[1] == '|';
            if (is_escaped) at++;
            buffer_byte(&source, *at);
        }
        is_last = at >= end;
        at++;
        markdown_append(&cell, source.bytes, source.length, definitions);
        table_cell(&cell);
        has_text |= cell.length > 0;
    }
    buffer_free(&source);
    buffer_free(&cell);
    return has_text;
}

void markdown_write_table(const char *rows, size_t length, struct definitions *definitions) {
    const char *end = rows + length, *stop;
    size_t row = 0;
    table_begin();
    for (const char *at = rows; at < end; at = stop, row++) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        stop = line ? line + 1 : end;
        if (row == 1) continue;  // The rule.
        bool has_text = write_row(at, stop, definitions);
        if (row) table_row_end();
        else if (has_text) table_mark_header(), table_row_end();
        else table_row_end(), table_without_header();
    }
    table_end();
}
