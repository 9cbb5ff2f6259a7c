// The header lines of a message, and the decoding of their values.
#include <string.h>

#include "encoding.h"
#include "mail.h"

/// A longer value is cut; none that is read here has a reason to be longer.
enum { value_bytes_max = 1 << 16 };

bool next_line(struct span *text, struct span *line) {
    if (text->at == text->end) return false;
    const char *stop = memchr(text->at, '\n', (size_t)(text->end - text->at));
    *line = (struct span){text->at, stop ? stop + 1 : text->end};
    text->at = line->end;
    return true;
}

struct span trimmed(struct span text) {
    while (text.at < text.end && strchr(" \t\r\n", *text.at) && *text.at) text.at++;
    while (text.end > text.at && strchr(" \t\r\n", text.end[-1]) && text.end[-1]) text.end--;
    return text;
}

static bool is_blank(struct span line) {
    line = trimmed(line);
    return line.at == line.end;
}

/// Length of a header's name at the start of the line; 0 if the line is not a header.
static size_t name_length(struct span line) {
    const char *at = line.at;
    while (at < line.end && *at > ' ' && *at != ':' && *at < 0x7f) at++;
    size_t length = (size_t)(at - line.at);
    while (at < line.end && (*at == ' ' || *at == '\t')) at++;
    return at < line.end && *at == ':' ? length : 0;
}

/// Whether the line is the separator that mailboxes put before a message.
static bool is_envelope(struct span line) {
    if (line.at < line.end && *line.at == '>') line.at++;
    return line.end - line.at > 5 && !memcmp(line.at, "From ", 5);
}

struct entity entity_of(struct span text) {
    struct entity entity = {.headers = {text.at, text.at}, .body = text};
    struct span rest = text, line;
    while (next_line(&rest, &line)) {
        bool is_first = entity.headers.end == entity.headers.at;
        if (is_blank(line)) {
            entity.body = rest;
            return entity;
        }
        bool continues = (*line.at == ' ' || *line.at == '\t') && !is_first;
        if (is_first && is_envelope(line)) {
            entity.headers = (struct span){rest.at, rest.at};
        } else if (continues || name_length(line)) {
            entity.headers.end = line.end;
        } else {
            entity.body = is_first ? text : (struct span){line.at, text.end};
            return entity;
        }
    }
    if (entity.headers.end > entity.headers.at) entity.body.at = text.end;
    return entity;
}

bool header_value(const struct entity *entity, const char *name, struct buffer *value) {
    struct span rest = entity->headers, line;
    size_t length = strlen(name);
    bool found = false;
    buffer_clear(value);
    while (next_line(&rest, &line)) {
        bool continues = *line.at == ' ' || *line.at == '\t';
        if (found && !continues) break;
        if (!found && (name_length(line) != length || strncasecmp(line.at, name, length))) continue;
        const char *from = found ? line.at : memchr(line.at, ':', (size_t)(line.end - line.at)) + 1;
        struct span part = trimmed((struct span){from, line.end});
        if (found) buffer_byte(value, ' ');
        if (value->length < value_bytes_max) {
            buffer_append(value, part.at, (size_t)(part.end - part.at));
        }
        found = true;
    }
    if (value->length > value_bytes_max) value->length = value_bytes_max;
    for (size_t i = 0; i < value->length; i++) {
        if (!value->bytes[i]) value->bytes[i] = ' ';
    }
    buffer_cstring(value);
    return found;
}

bool header_text(const struct entity *entity, const char *name, struct buffer *text) {
    if (!header_value(entity, name, text)) return false;
    decode_text(text, NULL);
    decode_words(text);
    buffer_cstring(text);
    return true;
}
