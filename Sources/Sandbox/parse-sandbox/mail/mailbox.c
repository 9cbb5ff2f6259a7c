// The documents of this family: a message, a mailbox (mbox, RFC 4155) and a saved page (MHTML).
#include <string.h>

#include "failure.h"
#include "formats.h"
#include "mail.h"
#include "report.h"
#include "writer.h"

enum { messages_max = 100000 };

void parse_eml(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_wide(document);
    struct span text = {document->bytes, document->bytes + document->length};
    if (!write_message(text, 1, 0)) fail(FAILURE_ENCRYPTED, "the message is encrypted");
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_separator(struct span line) {
    if (line.end - line.at < 14 || memcmp(line.at, "From ", 5)) return false;
    // "From sender Tue Mar  3 09:12:00 2026": a time makes it one, and not a sentence of a message.
    for (const char *at = line.at + 5; at + 2 < line.end; at++) {
        if (at[0] == ':' && is_digit(at[-1]) && is_digit(at[1])) return true;
    }
    return false;
}

/// Removes the mark that a mailbox puts before lines of a message that begin with "From ".
static void append_unquoted(struct buffer *message, struct span line) {
    const char *at = line.at;
    while (at < line.end && *at == '>') at++;
    bool is_quoted = at > line.at && line.end - at > 5 && !memcmp(at, "From ", 5);
    if (is_quoted) line.at++;
    buffer_append(message, line.at, (size_t)(line.end - line.at));
}

static void flush(struct buffer *message) {
    struct span text = {message->bytes, message->bytes + message->length};
    write_message(text, 1, 0);
    buffer_clear(message);
}

void parse_mbox(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    struct span rest = {document->bytes, document->bytes + document->length}, line;
    struct buffer message = {0};
    size_t messages = 0;
    bool after_blank = true;
    while (next_line(&rest, &line)) {
        if (after_blank && is_separator(line)) {
            if (message.length) flush(&message);
            if (++messages > messages_max) {
                fail(FAILURE_TOO_LARGE, "the mailbox has more than 100000 messages");
            }
        } else {
            append_unquoted(&message, line);
        }
        struct span shown = trimmed(line);
        after_blank = shown.at == shown.end;
    }
    if (message.length) flush(&message);
    buffer_free(&message);
}

/// Whether the part is the page that the document names as its first.
static bool is_root(const struct entity *part, const struct buffer *start) {
    struct buffer id = {0};
    bool is_named = start->length && header_value(part, "Content-ID", &id) &&
        id.length == start->length && !memcmp(id.bytes, start->bytes, id.length);
    buffer_free(&id);
    return is_named;
}

/// Finds the page: the one that is named as the first, or else the first of the type text/html.
static bool find_page(const struct entity *part, struct entity *page, int depth) {
    char type[80];
    content_type(part, "text/plain", type);
    if (!strcmp(type, "text/html") || !strcmp(type, "application/xhtml+xml")) {
        *page = *part;
        return true;
    }
    struct multipart parts;
    struct entity child;
    struct buffer header = {0}, start = {0};
    if (depth > mail_depth_max || !begins(type, "multipart/") || !multipart_open(part, &parts)) {
        return false;
    }
    header_value(part, "Content-Type", &header);
    header_parameter(&header, "start", &start);
    bool is_found = false, is_start = false;
    while (!is_start && multipart_next(&parts, &child)) {
        is_start = is_root(&child, &start);
        if (!is_found || is_start) is_found |= find_page(&child, page, depth + 1);
    }
    multipart_close(&parts);
    buffer_free(&header);
    buffer_free(&start);
    return is_found;
}

void parse_mhtml(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_wide(document);
    struct span text = {document->bytes, document->bytes + document->length};
    struct entity entity = entity_of(text), page;
    if (!find_page(&entity, &page, 0)) {
        fail(FAILURE_MALFORMED, "the saved page contains no page");
    }
    struct buffer bytes = {0}, header = {0}, charset = {0}, title = {0};
    header_value(&page, "Content-Type", &header);
    header_parameter(&header, "charset", &charset);
    decode_body(&page, &bytes);
    html_read_document(&bytes, buffer_cstring(&charset));
    if (!wrote_top_heading() && header_text(&entity, "Subject", &title)) write_title_first(&title);
    buffer_free(&bytes);
    buffer_free(&header);
    buffer_free(&charset);
    buffer_free(&title);
}
