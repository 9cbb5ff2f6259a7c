#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "run_limits.h"
#include "normalise.h"
#include "report.h"

enum block { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_LINE, BLOCK_ITEM };

static struct buffer output;
static enum block last_block = BLOCK_NONE;
static bool has_top_heading, has_pages;

static void check_limit(void) {
    if (output.length > limits.output_bytes) {
        fail(FAILURE_TOO_LARGE, "the document contains more text than the limit");
    }
}

/// Separates a block from the previous one by a blank line, but not two items or two lines.
static void begin_block(enum block block) {
    bool tight = block == last_block && block != BLOCK_PARAGRAPH;
    size_t breaks = last_block == BLOCK_NONE ? 0 : tight ? 1 : 2, at = output.length;
    // Verbatim text may end with some of them.
    for (; breaks && at && output.bytes[at - 1] == '\n'; at--) breaks--;
    buffer_append(&output, "\n\n", breaks);
    last_block = block;
    check_limit();
}

/// Whether the line would begin a heading or a fence, or underline a heading.
static bool reads_as_markdown(const char *line, size_t length) {
    size_t marks = 0;
    while (marks < length && line[marks] == '#') marks++;
    if (marks >= 1 && marks <= 6 && (marks == length || line[marks] == ' ')) return true;
    if (length >= 3 && (!memcmp(line, "```", 3) || !memcmp(line, "~~~", 3))) return true;
    size_t rule = 0;
    while (rule < length && (line[rule] == line[0]) && strchr("-=", line[0])) rule++;
    return length > 0 && rule == length;
}

/// Appends lines, each after `indent` blanks except the first.
static void append_lines(const struct buffer *text, int indent) {
    const char *at = text->bytes, *end = at + text->length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        if (at > text->bytes) {
            buffer_byte(&output, '\n');
            for (int i = 0; i < indent; i++) buffer_byte(&output, ' ');
        }
        if (reads_as_markdown(at, length)) buffer_byte(&output, '\\');
        buffer_append(&output, at, length);
        at = stop ? stop + 1 : end;
    }
    check_limit();
}

/// Form feeds are blanks in formats without pages.
static void collapse(struct buffer *text, bool keep_lines) {
    if (has_pages) buffer_collapse_pages(text, keep_lines);
    else buffer_collapse(text, keep_lines);
}

void write_heading(int level, struct buffer *text) {
    collapse(text, false);
    if (!text->length) return;
    if (level < 1) level = 1;
    if (level > 6) level = 6;
    begin_block(BLOCK_PARAGRAPH);
    has_top_heading |= level == 1;
    for (int i = 0; i < level; i++) buffer_byte(&output, '#');
    buffer_byte(&output, ' ');
    buffer_append(&output, text->bytes, text->length);
}

void write_paragraph(struct buffer *text) {
    collapse(text, true);
    if (!text->length) return;
    begin_block(BLOCK_PARAGRAPH);
    append_lines(text, 0);
}

void write_paragraphs(const struct buffer *text) {
    struct buffer paragraph = {0};
    const char *at = text->bytes, *end = at + text->length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop + 1 : end) - at), blanks = 0;
        while (blanks < length && strchr(" \t\r\n", at[blanks]) && at[blanks]) blanks++;
        if (blanks < length) {
            buffer_append(&paragraph, at, length);
        } else {
            write_paragraph(&paragraph);
            buffer_clear(&paragraph);
        }
        at += length;
    }
    write_paragraph(&paragraph);
    buffer_free(&paragraph);
}

void write_line(struct buffer *text) {
    collapse(text, false);
    if (!text->length) return;
    begin_block(BLOCK_LINE);
    append_lines(text, 0);
}

void write_item(int depth, long ordinal, struct buffer *text) {
    collapse(text, true);
    if (!text->length) return;
    begin_block(BLOCK_ITEM);
    int indent = 2 * (depth < 1 ? 0 : depth > 9 ? 8 : depth - 1);
    for (int i = 0; i < indent; i++) buffer_byte(&output, ' ');
    char mark[32] = "- ";
    if (ordinal > 0) snprintf(mark, sizeof mark, "%ld. ", ordinal);
    buffer_text(&output, mark);
    append_lines(text, indent + (int)strlen(mark));
}

void write_list_end(void) {
    if (last_block == BLOCK_ITEM) last_block = BLOCK_PARAGRAPH;
}

void write_code(struct buffer *text) { write_code_in("", text); }

void write_code_in(const char *language, struct buffer *text) {
    size_t longest = 2, run = 0, start = 0;
    while (start < text->length && text->bytes[start] == '\n') start++;
    while (text->length > start && strchr(" \t\r\n", text->bytes[text->length - 1])) {
        text->length--;
    }
    if (text->length <= start) return;
    for (size_t i = start; i < text->length; i++) {
        run = text->bytes[i] == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    begin_block(BLOCK_PARAGRAPH);
    for (size_t i = 0; i <= longest; i++) buffer_byte(&output, '`');
    buffer_text(&output, language);
    buffer_byte(&output, '\n');
    buffer_append(&output, text->bytes + start, text->length - start);
    buffer_byte(&output, '\n');
    for (size_t i = 0; i <= longest; i++) buffer_byte(&output, '`');
    check_limit();
}

void write_verbatim(const char *text, size_t length) {
    if (!length) return;
    buffer_append(&output, text, length);
    last_block = BLOCK_PARAGRAPH;
    check_limit();
}

void writer_has_pages(void) { has_pages = true; }

void write_page_break(void) {
    buffer_text(&output, last_block == BLOCK_NONE ? "\f" : "\n\f");
    last_block = BLOCK_NONE;
    check_limit();
}

/// Inserts a block before everything else.
static void insert_first(const char *mark, const struct buffer *text) {
    struct buffer whole = {0};
    buffer_text(&whole, mark);
    buffer_append(&whole, text->bytes, text->length);
    buffer_text(&whole, "\n\n");
    buffer_append(&whole, output.bytes, output.length);
    buffer_free(&output);
    output = whole;
}

void write_title_first(struct buffer *title) {
    buffer_collapse(title, false);
    if (!title->length) return;
    insert_first("# ", title);
    has_top_heading = true;
}

void write_summary_first(struct buffer *summary) {
    buffer_collapse(summary, false);
    if (!summary->length) return;
    if (memmem(output.bytes, output.length, summary->bytes, summary->length)) return;
    insert_first(reads_as_markdown(summary->bytes, summary->length) ? "\\" : "", summary);
}

bool wrote_blocks(void) { return last_block != BLOCK_NONE; }

bool wrote_top_heading(void) { return has_top_heading; }

void write_file(const char *name, const void *bytes, size_t length) {
    (void)name, (void)bytes, (void)length;
    report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
}

void writer_finish(void) {
    struct buffer text = normalise(&output);
    if (!has_words(&text)) fail(FAILURE_NO_TEXT, "the document contains no text");
    if (text.length > limits.output_bytes) {
        fail(FAILURE_TOO_LARGE, "the document contains more text than the limit");
    }
    for (size_t sent = 0; sent < text.length;) {
        ssize_t count = write(STDOUT_FILENO, text.bytes + sent, text.length - sent);
        if (count < 0 && errno != EINTR) _exit(FAILURE_SANDBOX_UNAVAILABLE);
        if (count > 0) sent += (size_t)count;
    }
}
