// The groups of RTF, and what is between them.
#include "rtf.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "encoding.h"
#include "failure.h"
#include "formats.h"

enum { depth_max = 1000 };

struct rtf_group rtf_now;

static struct rtf_scope scopes[depth_max];
static int depth;
/// The group began with `\*`: a reader that does not know its first word skips it.
static bool is_group_start, is_optional;
long rtf_skipped;

struct rtf_scope *rtf_innermost(void) { return &scopes[depth - 1]; }

static void open_group(void) {
    if (depth == depth_max) {
        fail(FAILURE_TOO_LARGE, "the groups are nested more than 1000 deep");
    }
    rtf_decode();
    scopes[depth++] = (struct rtf_scope){.outer = rtf_now};
    is_group_start = true;
    is_optional = false;
    rtf_skipped = 0;
}

/// Ends a declaration of a font or a style.
static void end_declaration(void) {
    rtf_decode();
    if (rtf_now.sink == RTF_TO_FONTS) rtf_font_end(buffer_cstring(&rtf_name));
    else rtf_style_end(buffer_cstring(&rtf_name));
    buffer_clear(&rtf_name);
}

static bool is_declaration(void) {
    return rtf_now.sink == RTF_TO_FONTS || rtf_now.sink == RTF_TO_STYLES;
}

static void close_group(void) {
    rtf_decode();
    if (is_declaration() && rtf_name.length) end_declaration();
    struct rtf_scope *scope = rtf_innermost();
    bool had_fonts = rtf_now.sink == RTF_TO_FONTS;
    if (scope->frame) rtf_end_frame(scope);
    rtf_now = scope->outer;
    if (had_fonts && rtf_now.sink == RTF_TO_TEXT) rtf_use_default_font();
    if (scope->is_field) rtf_end_field(scope);
    depth--;
    rtf_skipped = 0;
}

/// The innermost field around the current group; NULL if there is none.
struct rtf_scope *rtf_field(void) {
    for (int i = depth - 1; i >= 0 && i > depth - 8; i--) {
        if (scopes[i].is_field) return &scopes[i];
    }
    return NULL;
}

static void read_word(struct rtf_source *source, const struct rtf_token *token) {
    const struct rtf_known *known = rtf_find(token->name);
    if (!known) {
        if (is_optional) rtf_now.sink = RTF_TO_NOTHING;
    } else if (known->action == RTF_BINARY) {
        size_t left = (size_t)(source->end - source->at);
        source->at += token->number > 0 && (size_t)token->number < left ? (size_t)token->number : 0;
    } else if (rtf_skipped && known->action == RTF_CHARACTER) {
        rtf_skipped--;
        return;
    } else {
        rtf_apply(known, token);
        if (known->action != RTF_UNICODE) rtf_skipped = 0;
    }
    is_optional = false;
}

static void read_symbol(char symbol) {
    switch (symbol) {
    case '*': is_optional = is_group_start; break;
    case '~': rtf_add_scalar(0xa0); break;
    case '_': rtf_add_scalar(0x2011); break;
    case '\n': case '\r':
        if (rtf_now.sink == RTF_TO_TEXT && !rtf_is_html) rtf_end_paragraph();
        break;
    default: break;
    }
}

static void read_byte(char byte) {
    if (rtf_skipped) rtf_skipped--;
    else if (byte == ';' && is_declaration()) end_declaration();
    else rtf_add_byte(byte);
}

static void end_document(void) {
    while (depth) close_group();
    if (rtf_is_html) {
        html_read(&rtf_html, "utf-8");
        return;
    }
    if (rtf_frame.collected.length) rtf_cell_end(&rtf_frame.collected);
    rtf_now.paragraph.in_table = false;
    rtf_end_paragraph();
    blocks_flush();
}

void rtf_read(const struct buffer *document) {
    struct rtf_source source = {document->bytes, document->bytes + document->length};
    while (source.at < source.end && *source.at != '{') source.at++;
    bool is_rtf = source.end - source.at > 5 && !memcmp(source.at, "{\\rtf", 5);
    if (!is_rtf) fail(FAILURE_MALFORMED, "the document is not RTF");
    // A mail can contain several documents.
    rtf_is_html = false;
    buffer_clear(&rtf_html);
    rtf_now = (struct rtf_group){.fallback_length = 1, .code_page = rtf_code_page};
    struct rtf_token token;
    do {
        token = rtf_next(&source);
        switch (token.kind) {
        case RTF_END: break;
        case RTF_OPEN: open_group(); continue;
        case RTF_CLOSE: close_group(); break;
        case RTF_WORD: read_word(&source, &token); break;
        case RTF_SYMBOL: read_symbol(*token.name); break;
        case RTF_BYTE: read_byte(*token.name); break;
        }
        is_group_start = false;
    } while (depth && token.kind != RTF_END);
    end_document();
}

void parse_rtf(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    rtf_read(document);
}
