// Plain text is decoded and otherwise unchanged, except that no line of it becomes a heading by
// accident. A line that begins with # is a heading in a text that is clearly Markdown. In scripts,
// settings and logs it is a comment: these are written as a code block, so that the chunker cuts
// them between lines. In any other text the # is escaped.
#include <string.h>

#include "encoding.h"
#include "formats.h"
#include "writer.h"

/// What the lines of a text look like.
struct lines {
    size_t all, headings, code;
    /// Headings that are alone, between blank lines or above prose.
    size_t alone;
    /// Neighbouring lines with a # of the same depth, as comments of several lines have.
    size_t doubled;
    /// Lists, links, emphasis, fences, headings of the second level.
    size_t marks;
    bool is_script;
};

static const char *line_end(const char *at, const char *end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop : end;
}

/// The level of a line that the chunker would read as a heading; 0 for others.
static int heading_level(const char *at, const char *stop) {
    const char *start = at;
    while (at < stop && at - start < 4 && *at == ' ') at++;
    const char *marks = at;
    while (at < stop && *at == '#') at++;
    bool is_heading = marks - start < 4 && at > marks && at - marks < 7 &&
        (at == stop || *at == ' ' || *at == '\t');
    return is_heading ? (int)(at - marks) : 0;
}

static bool is_blank_line(const char *at, const char *stop) {
    while (at < stop && strchr(" \t\r", *at)) at++;
    return at == stop;
}

/// Whether a line is more likely a statement or a setting than prose.
static bool is_code(const char *at, const char *stop) {
    while (stop > at && strchr(" \t\r", stop[-1])) stop--;
    while (at < stop && strchr(" \t-", *at)) at++;
    if (at == stop) return false;
    if (strchr("{};\\", stop[-1])) return true;
    if (stop - at > 1 && (at[0] == '$' || at[0] == '[' || !memcmp(at, "./", 2))) return true;
    const char *word = at;
    while (at < stop && ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')) at++;
    while (at < stop && strchr("_-./0123456789abcdefghijklmnopqrstuvwxyz", *at | 0x20)) at++;
    if (at == word) return false;
    if (at == stop) {
        // One word, which is a path or a name of a program rather than of a person.
        size_t length = (size_t)(stop - word) - 1;
        return memchr(word, '/', length + 1) || memchr(word, '_', length) ||
            memchr(word, '.', length);
    }
    if (*at == '=' || *at == '(') return true;
    if (*at == ':') return at + 1 == stop || at[1] == ' ' || at[1] == '=';
    while (at < stop && *at == ' ') at++;
    // A command has options, paths, variables or operators; prose has commas and full stops.
    bool has_operator = false;
    for (; at < stop; at++) {
        bool is_operator = strchr("-/$|&><=", *at) ||
            (*at == '*' && stop - at > 1 && strchr(" /", at[1]));
        has_operator |= is_operator && at[-1] == ' ';
    }
    return has_operator;
}

static bool is_mark(const char *at, const char *stop) {
    while (at < stop && *at == ' ') at++;
    size_t length = (size_t)(stop - at);
    if (length > 2 && (!memcmp(at, "- ", 2) || !memcmp(at, "* ", 2) || !memcmp(at, "> ", 2) ||
                       !memcmp(at, "```", 3))) return true;
    const char *strong = memmem(at, length, "**", 2);
    bool is_strong = strong && memmem(strong + 2, (size_t)(stop - strong) - 2, "**", 2);
    return is_strong || memmem(at, length, "](", 2);
}

static struct lines count_lines(const struct buffer *text) {
    struct lines lines = {.is_script = text->length > 2 && !memcmp(text->bytes, "#!", 2)};
    const char *end = text->bytes + text->length, *stop;
    bool after_blank = true, is_fenced = false;
    int level_before = 0;
    for (const char *at = text->bytes; at < end; at = stop + 1) {
        stop = line_end(at, end);
        bool is_fence = stop - at > 2 && !memcmp(at, "```", 3);
        is_fenced ^= is_fence;
        lines.marks += is_fence;
        if (is_fence || is_fenced) continue;
        int level = heading_level(at, stop);
        bool is_blank = is_blank_line(at, stop);
        if (level) {
            const char *next = stop < end ? stop + 1 : end;
            const char *next_stop = line_end(next, end);
            lines.headings++;
            lines.alone += after_blank && !is_code(next, next_stop);
            lines.doubled += level == level_before;
            lines.marks += level == 2;
        } else if (!is_blank) {
            lines.all++;
            lines.code += is_code(at, stop);
            lines.marks += is_mark(at, stop);
        }
        level_before = level;
        after_blank = is_blank;
    }
    return lines;
}

/// Writes the text with a backslash before each # that begins a heading.
static void write_escaped(const struct buffer *text) {
    const char *end = text->bytes + text->length, *stop;
    for (const char *at = text->bytes; at < end; at = stop) {
        stop = line_end(at, end);
        const char *mark = at;
        if (heading_level(at, stop)) {
            mark += strspn(at, " ");
            write_verbatim(at, (size_t)(mark - at));
            write_verbatim("\\", 1);
        }
        if (stop < end) stop++;
        write_verbatim(mark, (size_t)(stop - mark));
    }
}

void parse_text(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    bool has_marks = memchr(document->bytes, '#', document->length);
    struct lines lines = has_marks ? count_lines(document) : (struct lines){0};
    bool has_comments = lines.doubled && lines.headings * 5 > lines.all;
    bool is_code_text = lines.is_script || has_comments ||
        (lines.code && lines.code * 3 >= lines.all);
    bool is_markdown = !is_code_text && lines.marks && !lines.doubled &&
        lines.alone * 5 >= lines.headings * 4;
    if (!lines.headings || is_markdown) write_verbatim(document->bytes, document->length);
    else if (is_code_text) write_code(document);
    else write_escaped(document);
}
