// Markdown stays Markdown. cmark-gfm parses it once, to give the chunker a uniform form:
// underlined headings become '#' headings, and comments, scripts and styles are dropped.
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

#include "encoding.h"
#include "failure.h"
#include "formats.h"
#include "writer.h"

static const char *line_end(const char *at, const char *end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop + 1 : end;
}

/// Length of a YAML front matter block, including both fences; 0 if there is none.
static size_t front_matter(const struct buffer *text) {
    const char *at = text->bytes, *end = at + text->length;
    if (text->length < 8 || strncmp(at, "---", 3) || (at[3] != '\n' && at[3] != '\r')) return 0;
    for (at = line_end(at, end); at < end; at = line_end(at, end)) {
        bool fence = end - at >= 3 && (!memcmp(at, "---", 3) || !memcmp(at, "...", 3));
        if (fence && (end - at == 3 || strchr("\r\n", at[3]))) {
            return (size_t)(line_end(at, end) - text->bytes);
        }
    }
    return 0;
}

/// Writes front matter as a paragraph. Without the fences, no line of it reads as a heading.
static void write_front_matter(const char *matter, size_t length) {
    struct buffer lines = {0};
    const char *end = matter + length;
    for (const char *at = line_end(matter, end); at < end; at = line_end(at, end)) {
        if (!strncmp(at, "---", 3) || !strncmp(at, "...", 3)) break;
        buffer_append(&lines, at, (size_t)(line_end(at, end) - at));
    }
    if (lines.length) {
        write_paragraph(&lines);
        write_verbatim("\n\n", 2);
    }
    buffer_free(&lines);
}

/// The position in the source of the next line to write. Lines count from 1.
struct source {
    const char *at, *end;
    int line;
};

/// Advances to `line`. Writes the lines before it if `keep`, or else drops them.
static void skip_to(struct source *source, int line, bool keep) {
    const char *start = source->at;
    while (source->line < line && source->at < source->end) {
        source->at = line_end(source->at, source->end);
        source->line++;
    }
    if (keep) write_verbatim(start, (size_t)(source->at - start));
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

/// Rewrites an underlined heading as one '#' line. Other headings stay unchanged.
static void rewrite_heading(struct source *source, cmark_node *node) {
    skip_to(source, cmark_node_get_start_line(node), true);
    const char *first = source->at + strspn(source->at, " ");
    if (source->at == source->end || *first == '#') return;
    // cmark's end line of such a heading may be one too high, so the underline marks the end.
    struct buffer title = {0};
    for (bool ended = false; !ended && source->at < source->end;) {
        const char *line = source->at;
        skip_to(source, source->line + 1, false);
        ended = title.length && is_underline(line, source->at);
        if (!ended) buffer_append(&title, line, (size_t)(source->at - line));
    }
    buffer_collapse(&title, false);
    bool top = cmark_node_get_heading_level(node) == 1;
    write_verbatim(top ? "# " : "## ", top ? 2 : 3);
    write_verbatim(title.bytes, title.length);
    write_verbatim("\n\n", 2);
    buffer_free(&title);
}

static bool is_dropped(cmark_node *node) {
    static const char *const starts[] = {"<!--", "<script", "<style"};
    const char *html = cmark_node_get_literal(node);
    for (size_t i = 0; html && i < sizeof starts / sizeof *starts; i++) {
        if (!strncasecmp(html, starts[i], strlen(starts[i]))) return true;
    }
    return false;
}

/// Lines of an HTML block, counted in its text because cmark's end line may be one too low.
static int lines_of(cmark_node *node) {
    const char *html = cmark_node_get_literal(node);
    int lines = 0;
    for (; *html; html++) lines += *html == '\n' || !html[1];
    return lines;
}

void parse_markdown(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    size_t matter = front_matter(document);
    write_front_matter(document->bytes, matter);
    struct source source = {document->bytes + matter, document->bytes + document->length, 1};
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_syntax_extension *tables = cmark_find_syntax_extension("table");
    if (tables) cmark_parser_attach_syntax_extension(parser, tables);
    cmark_parser_feed(parser, source.at, (size_t)(source.end - source.at));
    cmark_node *tree = cmark_parser_finish(parser);
    if (!tree) fail(FAILURE_MALFORMED, "the text cannot be parsed as Markdown");
    for (cmark_node *node = cmark_node_first_child(tree); node; node = cmark_node_next(node)) {
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            rewrite_heading(&source, node);
        } else if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK && is_dropped(node)) {
            skip_to(&source, cmark_node_get_start_line(node), true);
            skip_to(&source, source.line + lines_of(node), false);
        }
    }
    write_verbatim(source.at, (size_t)(source.end - source.at));
}
