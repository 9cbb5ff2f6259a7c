// HTML by libxml2's lenient SAX parser: linear in time, constant in memory at any nesting.
// Scripts, styles and other content that is not shown as text are dropped. Links keep their text.
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "failure.h"
#include "formats.h"
#include "html_elements.h"
#include "writer.h"

enum { nesting_max = 64 };

static struct {
    struct buffer text, title;
    int skip_depth, pre_depth, list_depth, table_depth, heading;
    bool in_title, item_pending;
    /// The next number of each open ordered list; 0 for bullets.
    long ordinals[nesting_max];
    /// Whether an open table is only layout, so that its cells are read as blocks.
    bool layout[nesting_max];
    long cell_span;
} at;

static int index_of(int depth) { return depth > nesting_max ? nesting_max - 1 : depth - 1; }

/// Whether text belongs to a table cell rather than to a block.
static bool in_cell(void) { return at.table_depth && !at.layout[index_of(at.table_depth)]; }

/// Ends the current block.
static void flush(void) {
    if (in_cell()) {
        buffer_byte(&at.text, ' ');
        return;
    }
    if (at.heading) {
        write_heading(at.heading, &at.text);
    } else if (at.item_pending && at.list_depth) {
        int index = index_of(at.list_depth);
        buffer_collapse(&at.text, true);
        if (!at.text.length) return;  // The item's text follows in its own block.
        write_item(at.list_depth, at.ordinals[index], &at.text);
        if (at.ordinals[index]) at.ordinals[index]++;
        at.item_pending = false;
    } else {
        write_paragraph(&at.text);
    }
    buffer_clear(&at.text);
}

/// Treats the table as layout from here on, because it contains a heading or a table.
static void open_up_table(void) {
    if (!in_cell()) return;
    buffer_collapse(&at.text, false);
    table_cell(&at.text);
    buffer_clear(&at.text);
    table_end();
    at.layout[index_of(at.table_depth)] = true;
}

static const char *attribute(const xmlChar **attributes, const char *name) {
    for (; attributes && attributes[0]; attributes += 2) {
        if (!strcasecmp((const char *)attributes[0], name)) return (const char *)attributes[1];
    }
    return NULL;
}

static void begin_list(bool ordered, const xmlChar **attributes) {
    flush();
    at.list_depth++;
    const char *first = attribute(attributes, "start");
    long ordinal = first ? strtol(first, NULL, 10) : 1;
    at.ordinals[index_of(at.list_depth)] = ordered ? (ordinal > 0 ? ordinal : 1) : 0;
    at.item_pending = false;
}

static void begin_table(void) {
    open_up_table();
    flush();
    at.table_depth++;
    at.layout[index_of(at.table_depth)] = false;
    table_begin();
}

static void begin_cell(const xmlChar **attributes) {
    if (!in_cell()) {
        flush();
        return;
    }
    buffer_clear(&at.text);
    const char *span = attribute(attributes, "colspan");
    at.cell_span = span ? strtol(span, NULL, 10) : 1;
    if (at.cell_span > 1000) at.cell_span = 1000;
}

static void end_cell(void) {
    if (!in_cell()) {
        flush();
        return;
    }
    table_cell(&at.text);
    buffer_clear(&at.text);
    for (; at.cell_span > 1; at.cell_span--) table_cell(&at.text);
}

static void end_table(void) {
    if (in_cell()) {
        table_end();
        buffer_clear(&at.text);
    } else {
        flush();
    }
    at.table_depth--;
}

static void start_element(void *context, const xmlChar *tag, const xmlChar **attributes) {
    (void)context;
    const char *name = (const char *)tag;
    if (html_is_skipped(name)) at.skip_depth++;
    if (at.skip_depth) return;
    if (html_heading_level(name)) {
        open_up_table();
        flush();
        at.heading = html_heading_level(name);
    } else if (!strcmp(name, "ul") || !strcmp(name, "ol")) begin_list(name[0] == 'o', attributes);
    else if (!strcmp(name, "li")) {
        flush();
        at.item_pending = true;
    } else if (!strcmp(name, "table")) begin_table();
    else if (!strcmp(name, "td") || !strcmp(name, "th")) begin_cell(attributes);
    else if (!strcmp(name, "br")) buffer_byte(&at.text, '\n');
    else if (!strcmp(name, "title")) at.in_title = at.title.length == 0;
    else if (!strcmp(name, "img")) {
        const char *shown = attribute(attributes, "alt");
        if (shown) buffer_text(&at.text, shown);
    } else if (!strcmp(name, "pre")) {
        if (at.pre_depth++ == 0) flush();
    } else if (html_is_block(name)) flush();
}

static void end_pre(void) {
    if (!at.pre_depth || --at.pre_depth) return;
    if (in_cell()) return;
    write_code(&at.text);
    buffer_clear(&at.text);
    at.item_pending = false;
}

static void end_element(void *context, const xmlChar *tag) {
    (void)context;
    const char *name = (const char *)tag;
    if (html_is_skipped(name)) {
        if (at.skip_depth) at.skip_depth--;
        return;
    }
    if (at.skip_depth) return;
    if (html_heading_level(name)) {
        flush();
        at.heading = 0;
    } else if (!strcmp(name, "ul") || !strcmp(name, "ol")) {
        flush();
        if (at.list_depth && --at.list_depth == 0) write_list_end();
        at.item_pending = false;
    } else if (!strcmp(name, "li")) {
        flush();
        at.item_pending = false;
    } else if (!strcmp(name, "td") || !strcmp(name, "th")) end_cell();
    else if (!strcmp(name, "tr")) {
        if (in_cell()) table_row_end();
    } else if (!strcmp(name, "table") && at.table_depth) {
        end_table();
    } else if (!strcmp(name, "title")) at.in_title = false;
    else if (!strcmp(name, "pre")) end_pre();
    else if (html_is_block(name)) flush();
}

static void characters(void *context, const xmlChar *text, int length) {
    (void)context;
    if (at.skip_depth) return;
    buffer_append(at.in_title ? &at.title : &at.text, text, (size_t)length);
}

/// The charset that a `<meta>` in the first 2048 bytes declares; empty if there is none.
static void declared_charset(const struct buffer *document, char name[32]) {
    size_t length = 0, window = document->length < 2048 ? document->length : 2048;
    char head[2049];
    for (size_t i = 0; i < window; i++) head[i] = document->bytes[i] ? document->bytes[i] : ' ';
    head[window] = 0;
    const char *found = strcasestr(head, "charset=");
    if (found) {
        found += 8 + strspn(found + 8, "\"' ");
        length = strcspn(found, "\"' />;");
        if (length > 31) length = 0;
        memcpy(name, found, length);
    }
    name[length] = 0;
}

/// Blanks the page's end tags: browsers show content after them, but the parser would drop it.
/// Also blanks NULs.
static void blank_page_end(struct buffer *document) {
    char *end = document->bytes + document->length;
    for (char *tag = document->bytes; tag < end; tag++) {
        if (*tag == 0) *tag = ' ';
        if (*tag != '<' || end - tag < 7 || tag[1] != '/') continue;
        bool closes = !strncasecmp(tag, "</html>", 7) || !strncasecmp(tag, "</body>", 7);
        if (closes) memset(tag, ' ', 7);
    }
}

/// Ends what the page before left open, also if it was cut off.
static void reset(void) {
    buffer_free(&at.text);
    buffer_free(&at.title);
    memset(&at, 0, sizeof at);
}

void html_read(struct buffer *page, const char *charset, struct buffer *title) {
    char declared[32];
    reset();
    declared_charset(page, declared);
    decode_text(page, charset && *charset ? charset : declared);
    blank_page_end(page);
    if (page->length > INT_MAX) fail(FAILURE_TOO_LARGE, "the page is larger than 2 GiB");
    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(page->bytes, (int)page->length);
    if (!parser) fail(FAILURE_TOO_LARGE, "out of memory");
    *parser->sax = (htmlSAXHandler){
        .startElement = start_element, .endElement = end_element,
        .characters = characters, .ignorableWhitespace = characters,
    };
    htmlCtxtUseOptions(parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_RECOVER | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    while (in_cell()) {
        table_end();
        at.table_depth--;
    }
    flush();
    htmlFreeParserCtxt(parser);
    if (title) buffer_append(title, at.title.bytes, at.title.length);
}

void parse_html(struct buffer *document, struct pages *pages) {
    struct buffer title = {0};
    pages->in_source = -1;
    html_read(document, NULL, &title);
    if (!wrote_top_heading()) write_title_first(&title);
}
