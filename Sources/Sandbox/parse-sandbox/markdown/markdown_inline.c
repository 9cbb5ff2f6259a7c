// The text of a Markdown block. HTML in it is read as HTML: marks such as <b> go, <br> ends a line,
// pictures become their alternative text, links show their address, entities become characters.
// A tag that is not HTML (`<name>`, `vector<int>`) is text.
#include <string.h>

#include "html_inline.h"
#include "markdown.h"
#include "scripts.h"
#include "writer.h"

enum {
    /// Longer code, formulas and tags are read as text, so that the time is linear.
    span_bytes_max = 4096,
    nesting_max = 16,
};

/// The elements that are open, with the position at which their text begins.
struct inlines {
    struct buffer *to;
    struct { enum html_element element; size_t mark; struct html_slice address; } open[nesting_max];
    int depth;
};

static const char *bounded(const char *at, const char *end) {
    return end - at > span_bytes_max ? at + span_bytes_max : end;
}

/// The end of the code that begins with the backticks at `at`; the end of the backticks if it is
/// not code.
static const char *code_end(const char *at, const char *end) {
    size_t length = 0;
    while (at + length < end && at[length] == '`') length++;
    const char *stop = bounded(at, end);
    for (const char *next = at + length; next < stop;) {
        const char *mark = memchr(next, '`', (size_t)(stop - next));
        if (!mark) break;
        for (next = mark; next < stop && *next == '`'; next++) continue;
        if ((size_t)(next - mark) == length) return next;
    }
    return at + length;
}

/// The end of the formula at `at`; `at` itself if it is not one. Prices such as `$5` are not.
static const char *formula_end(const char *at, const char *end) {
    bool is_block = end - at > 1 && at[1] == '$';
    const char *start = at + 1 + is_block, *stop = bounded(at, end);
    if (start >= stop || (!is_block && strchr(" \t\n", *start))) return at;
    const char *close = is_block ? memmem(start, (size_t)(stop - start), "$$", 2)
                                 : memchr(start, '$', (size_t)(stop - start));
    if (!close || close == start) return at;
    bool has_line = !is_block && memchr(start, '\n', (size_t)(close - start));
    bool ends_with_blank = !is_block && strchr(" \t", close[-1]);
    return has_line || ends_with_blank ? at : close + 1 + is_block;
}

static void begin(struct inlines *inlines, const struct html_token *tag) {
    struct buffer *to = inlines->to;
    if (tag->element == HTML_br) buffer_byte(to, '\n');
    if (tag->element == HTML_img) buffer_text(to, html_value(tag, "alt"));
    if (tag->element == HTML_input && html_value_is(tag, "type", "checkbox")) {
        buffer_text(to, html_attribute(tag, "checked") ? "\u2612" : "\u2610");
    }
    if (html_traits(tag->element) & (HTML_BLOCK | HTML_SCOPE)) buffer_byte(to, ' ');
    bool has_effect = tag->element == HTML_a || tag->element == HTML_sup ||
        tag->element == HTML_sub;
    if (!has_effect || inlines->depth == nesting_max) return;
    const struct html_slice *address = html_attribute(tag, "href");
    inlines->open[inlines->depth].element = tag->element;
    inlines->open[inlines->depth].mark = to->length;
    inlines->open[inlines->depth].address = address ? *address : (struct html_slice){"", 0};
    inlines->depth++;
}

static void end(struct inlines *inlines, enum html_element element) {
    struct buffer *to = inlines->to;
    if (html_traits(element) & (HTML_BLOCK | HTML_SCOPE)) buffer_byte(to, ' ');
    if (!inlines->depth || inlines->open[inlines->depth - 1].element != element) return;
    inlines->depth--;
    size_t mark = inlines->open[inlines->depth].mark;
    if (element == HTML_sup) buffer_raise(to, mark);
    else if (element == HTML_sub) buffer_lower(to, mark);
    else if (to->length - mark < 2 || memcmp(to->bytes + mark, "![", 2)) {
        html_append_address(to, mark, inlines->open[inlines->depth].address);
    }
}

/// The end of the tag at `at`; NULL if another begins before it ends.
static const char *tag_end(const char *at, const char *stop) {
    char quote = 0;
    for (at++; at < stop; at++) {
        if (quote) quote = *at == quote ? 0 : quote;
        else if (*at == '"' || *at == '\'') quote = *at;
        else if (*at == '<') return NULL;
        else if (*at == '>') return at + 1;
    }
    return NULL;
}

/// Reads the tag or comment at `at`. Returns the position after it; NULL if it is text.
static const char *read_tag(struct inlines *inlines, const char *at, const char *stop) {
    stop = bounded(at, stop);
    if (stop - at > 6 && !memcmp(at, "<!--", 4)) {
        const char *close = memmem(at + 4, (size_t)(stop - at) - 4, "-->", 3);
        return close ? close + 3 : NULL;
    }
    bool is_end = stop - at > 1 && at[1] == '/';
    if (stop - at < 3 || ((at[1 + is_end] | 0x20) < 'a') || ((at[1 + is_end] | 0x20) > 'z')) {
        return NULL;
    }
    stop = tag_end(at, stop);
    if (!stop) return NULL;
    struct html_source source = {.at = at, .end = stop};
    struct html_token tag;
    html_next(&source, &tag);
    if (tag.element == HTML_any) return NULL;
    if (tag.kind == HTML_START_TAG) begin(inlines, &tag);
    else end(inlines, tag.element);
    return source.at;
}

/// Reads the entity at `at`. Returns the position after it; NULL if it is text.
static const char *read_entity(struct buffer *to, const char *at, const char *end) {
    size_t most = end - at > 33 ? 33 : (size_t)(end - at);
    const char *close = memchr(at, ';', most);
    if (!close) return NULL;
    size_t before = to->length;
    // As in an attribute, `&notes;` does not begin with `&not`.
    html_append(to, (struct html_slice){at, (size_t)(close + 1 - at)}, true);
    bool is_text = to->length - before == (size_t)(close + 1 - at) && to->bytes[before] == '&';
    if (is_text) to->length = before;
    return is_text ? NULL : close + 1;
}

/// Resolves `][label]`, at its first bracket. Returns the position after it; NULL if it is text.
static const char *read_reference(struct buffer *to, const char *at, const char *end,
                                  struct definitions *definitions) {
    if (end - at < 3 || at[1] != '[') return NULL;
    size_t most = end - at > 204 ? 204 : (size_t)(end - at);
    const char *close = memchr(at + 2, ']', most - 2);
    struct html_slice label = {at + 2, close ? (size_t)(close - at) - 2 : 0};
    if (close && !label.length) {
        // `[label][]`: the text of the link is the label.
        size_t start = to->length;
        while (start && to->bytes[start - 1] != '[' && to->bytes[start - 1] != '\n') start--;
        label = (struct html_slice){to->bytes + start, to->length - start};
    }
    struct definition *link = label.length ? definitions_find(definitions, label, false) : NULL;
    if (!link) return NULL;
    link->is_used = true;
    buffer_text(to, "](");
    buffer_append(to, link->text.at, link->text.length);
    buffer_byte(to, ')');
    return close + 1;
}

void markdown_append(struct buffer *to, const char *text, size_t length,
                     struct definitions *definitions) {
    struct inlines inlines = {.to = to};
    const char *at = text, *stop = text + length, *next;
    while (at < stop) {
        switch (*at) {
        case '\\': next = stop - at > 1 ? at + 2 : stop; break;
        case '`': next = code_end(at, stop); break;
        case '$': next = formula_end(at, stop); break;
        case '<': next = read_tag(&inlines, at, stop); break;
        case '&': next = read_entity(to, at, stop); break;
        case ']': next = read_reference(to, at, stop, definitions); break;
        default: next = at;
        }
        bool is_read = *at == '<' || *at == '&' || *at == ']';
        if (!is_read || !next) {
            if (!next || next == at) next = at + 1;
            buffer_append(to, at, (size_t)(next - at));
        }
        at = next;
    }
}

void markdown_write_notes(const char *text, size_t length, struct definitions *definitions) {
    const char *at = text, *end = text + length;
    while (at < end && (at = memmem(at, (size_t)(end - at), "[^", 2))) {
        at += 2;
        size_t most = end - at > 200 ? 200 : (size_t)(end - at);
        const char *close = memchr(at, ']', most);
        if (!close || close + 1 == end || close[1] == ':') continue;
        struct html_slice label = {at, (size_t)(close - at)};
        struct definition *note = definitions_find(definitions, label, true);
        if (!note || note->is_used) continue;
        note->is_used = true;
        struct buffer lines = {0};
        markdown_append(&lines, note->text.at, note->text.length, definitions);
        write_paragraph(&lines);
        write_verbatim("\n\n", 2);
        buffer_free(&lines);
    }
}
