// Markdown stays Markdown. cmark-gfm finds its blocks, so that the chunker gets a uniform form:
// underlined headings become '#' headings, tables have one form, HTML is read as HTML, links have
// their addresses, and notes follow the block that refers to them.
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "encoding.h"
#include "failure.h"
#include "formats.h"
#include "markdown.h"
#include "writer.h"

enum {
    /// The blocks of one table in HTML.
    html_blocks_max = 100,
};

static const char *line_end(const char *at, const char *end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop + 1 : end;
}

/// The position in the source of the next line to write. Lines count from 1.
struct source {
    const char *at, *end;
    int line;
    /// Whether each line is code, indexed by its number.
    struct buffer code;
    struct definitions definitions;
};

/// Advances to `line`, and returns the lines before it.
static struct html_slice take_to(struct source *source, int line) {
    const char *start = source->at;
    while (source->line < line && source->at < source->end) {
        source->at = line_end(source->at, source->end);
        source->line++;
    }
    return (struct html_slice){start, (size_t)(source->at - start)};
}

static bool is_code(const struct source *source, int line) {
    return (size_t)line < source->code.length && source->code.bytes[line];
}

/// The definition that a line begins; NULL if it does not. Sets the position after it.
static struct definition *definition_at(struct source *source, const char **after) {
    struct definitions one = {0};
    *after = definitions_add(&one, source->at, source->end);
    struct definition *found = *after
        ? definitions_find(&source->definitions, one.all->label, one.all->is_note) : NULL;
    free(one.all);
    return found;
}

/// Writes the lines before `line`, and the notes that they refer to. Leaves out definitions that
/// have been written where they are referred to.
static void write_to(struct source *source, int line) {
    struct buffer text = {0};
    const char *first = source->at, *start = first, *after;
    while (source->line < line && source->at < source->end) {
        bool code = is_code(source, source->line);
        struct definition *definition = code ? NULL : definition_at(source, &after);
        if (!code && !definition) {
            take_to(source, source->line + 1);
            continue;
        }
        markdown_append(&text, start, (size_t)(source->at - start), &source->definitions);
        bool is_written = definition && definition->is_used;
        if (!definition) after = line_end(source->at, source->end);
        if (!is_written) buffer_append(&text, source->at, (size_t)(after - source->at));
        while (source->at < after) take_to(source, source->line + 1);
        start = source->at;
    }
    markdown_append(&text, start, (size_t)(source->at - start), &source->definitions);
    write_verbatim(text.bytes, text.length);
    buffer_free(&text);
    markdown_write_notes(first, (size_t)(source->at - first), &source->definitions);
}

/// Whether a line is the underline of a heading: only `=` or only `-`.
static bool is_underline(const char *at, const char *end) {
    while (at < end && *at == ' ') at++;
    char mark = at < end ? *at : 0;
    if (mark != '=' && mark != '-') return false;
    while (at < end && *at == mark) at++;
    while (at < end && strchr(" \t\r\n", *at)) at++;
    return at == end;
}

/// Rewrites an underlined heading as one '#' line. Other headings stay as they are.
static void write_heading_at(struct source *source, cmark_node *node) {
    const char *first = source->at + strspn(source->at, " ");
    if (source->at == source->end || *first == '#') return;
    // cmark's end line of such a heading may be one too high, so the underline marks the end.
    struct buffer lines = {0}, title = {0};
    for (bool ended = false; !ended && source->at < source->end;) {
        const char *line = source->at;
        take_to(source, source->line + 1);
        ended = lines.length && is_underline(line, source->at);
        if (!ended) buffer_append(&lines, line, (size_t)(source->at - line));
    }
    markdown_append(&title, lines.bytes, lines.length, &source->definitions);
    buffer_collapse(&title, false);
    bool top = cmark_node_get_heading_level(node) == 1;
    write_verbatim(top ? "# " : "## ", top ? 2 : 3);
    write_verbatim(title.bytes, title.length);
    write_verbatim("\n\n", 2);
    buffer_free(&lines);
    buffer_free(&title);
}

/// Lines of an HTML block, counted in its text because cmark's end line may be one too low.
static int lines_of(cmark_node *node) {
    const char *html = cmark_node_get_literal(node);
    int lines = 0;
    for (; *html; html++) lines += *html == '\n' || !html[1];
    return lines;
}

/// Whether the HTML opens more tables than it closes.
static bool has_open_table(const char *html) {
    int open = 0;
    for (; (html = strchr(html, '<')); html++) {
        open += !strncasecmp(html, "<table", 6);
        open -= !strncasecmp(html, "</table", 7);
    }
    return open > 0;
}

/// The last block of the HTML that begins with this one. A table that contains blank lines is
/// several blocks; those between are read with it, unless they are code.
static cmark_node *last_block(cmark_node *first) {
    if (!has_open_table(cmark_node_get_literal(first))) return first;
    int blocks = 0;
    for (cmark_node *node = cmark_node_next(first); node && blocks++ < html_blocks_max;
         node = cmark_node_next(node)) {
        cmark_node_type type = cmark_node_get_type(node);
        if (type != CMARK_NODE_HTML_BLOCK && type != CMARK_NODE_PARAGRAPH) break;
        bool is_html = type == CMARK_NODE_HTML_BLOCK;
        if (is_html && strcasestr(cmark_node_get_literal(node), "</table")) return node;
    }
    return first;
}

/// Separates a block that was rewritten from the source after it.
static void end_block(const struct source *source) {
    bool is_separate = source->at == source->end || strchr("\r\n", *source->at);
    write_verbatim("\n\n", is_separate ? 1 : 2);
}

static cmark_node *write_html_at(struct source *source, cmark_node *node) {
    cmark_node *last = last_block(node);
    int next = last == node ? source->line + lines_of(node)
                            : cmark_node_get_start_line(last) + lines_of(last);
    struct html_slice lines = take_to(source, next);
    struct buffer page = {0};
    buffer_append(&page, lines.at, lines.length);
    html_read_decoded(&page);
    end_block(source);
    buffer_free(&page);
    return last;
}

/// Marks the lines of code at any depth.
static void mark_code(struct source *source, cmark_node *tree) {
    cmark_iter *nodes = cmark_iter_new(tree);
    for (cmark_event_type event; (event = cmark_iter_next(nodes)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(nodes);
        if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_CODE_BLOCK) {
            continue;
        }
        for (int line = cmark_node_get_start_line(node); line <= cmark_node_get_end_line(node);
             line++) {
            while (source->code.length <= (size_t)line) buffer_byte(&source->code, 0);
            source->code.bytes[line] = 1;
        }
    }
    cmark_iter_free(nodes);
}

static void find_definitions(struct source *source) {
    const char *start = source->at, *after;
    for (; source->at < source->end; take_to(source, source->line + 1)) {
        if (is_code(source, source->line)) continue;
        after = definitions_add(&source->definitions, source->at, source->end);
        while (after && line_end(source->at, source->end) < after) {
            take_to(source, source->line + 1);
        }
    }
    definitions_sort(&source->definitions);
    source->at = start;
    source->line = 1;
}

static cmark_node *parse(const struct source *source) {
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_syntax_extension *tables = cmark_find_syntax_extension("table");
    if (tables) cmark_parser_attach_syntax_extension(parser, tables);
    cmark_parser_feed(parser, source->at, (size_t)(source->end - source->at));
    cmark_node *tree = cmark_parser_finish(parser);
    if (!tree) fail(FAILURE_MALFORMED, "the text cannot be parsed as Markdown");
    return tree;
}

void markdown_read(const char *text, size_t length) {
    struct source source = {.at = text, .end = text + length, .line = 1};
    cmark_node *tree = parse(&source);
    mark_code(&source, tree);
    find_definitions(&source);
    for (cmark_node *node = cmark_node_first_child(tree); node; node = cmark_node_next(node)) {
        write_to(&source, cmark_node_get_start_line(node));
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) write_heading_at(&source, node);
        else if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK) {
            node = write_html_at(&source, node);
        } else if (!strcmp(cmark_node_get_type_string(node), "table")) {
            struct html_slice rows = take_to(&source, cmark_node_get_end_line(node) + 1);
            markdown_write_table(rows.at, rows.length, &source.definitions);
            end_block(&source);
            markdown_write_notes(rows.at, rows.length, &source.definitions);
        }
    }
    write_to(&source, INT_MAX);
    cmark_node_free(tree);
}

void parse_markdown(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    size_t matter = markdown_write_front_matter(document);
    markdown_read(document->bytes + matter, document->length - matter);
}
