// The structure of a message: its parts, and the types of these.
#include <string.h>

#include "failure.h"
#include "mail.h"

enum { parts_max = 10000, boundary_bytes_max = 256 };

const char *content_type(const struct entity *entity, const char *fallback, char type[80]) {
    struct buffer header = {0};
    header_value(entity, "Content-Type", &header);
    size_t length = strcspn(buffer_cstring(&header), "; \t,(");
    bool has_slash = header.length && memchr(header.bytes, '/', length);
    const char *from = has_slash && length < 80 ? header.bytes : fallback;
    if (from == fallback) length = strlen(fallback);
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        type[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    type[length] = 0;
    buffer_free(&header);
    return type;
}

/// Whether the line separates parts. Sets `is_last` if it ends the last one.
static bool is_separator(const struct buffer *boundary, struct span line, bool *is_last) {
    if (line.end - line.at < 3 || line.at[0] != '-' || line.at[1] != '-') return false;
    struct span rest = trimmed((struct span){line.at + 2, line.end});
    size_t length = (size_t)(rest.end - rest.at);
    if (length < boundary->length || memcmp(rest.at, boundary->bytes, boundary->length)) {
        return false;
    }
    *is_last = length == boundary->length + 2 && !memcmp(rest.end - 2, "--", 2);
    return *is_last || length == boundary->length;
}

/// Takes the first line of the body that begins with two hyphens as a separator.
static void guess_boundary(struct span body, struct buffer *boundary) {
    struct span line;
    while (next_line(&body, &line)) {
        if (line.end - line.at < 5 || line.at[0] != '-' || line.at[1] != '-') continue;
        struct span name = trimmed((struct span){line.at + 2, line.end});
        buffer_append(boundary, name.at, (size_t)(name.end - name.at));
        return;
    }
}

/// Skips lines to the next separator. Returns the position before it; NULL if there is none.
static const char *skip_to_separator(struct multipart *parts) {
    struct span line;
    while (next_line(&parts->rest, &line)) {
        bool is_last;
        if (!is_separator(&parts->boundary, line, &is_last)) continue;
        parts->is_open = !is_last;
        return line.at;
    }
    return NULL;
}

bool multipart_open(const struct entity *entity, struct multipart *parts) {
    struct buffer header = {0};
    *parts = (struct multipart){.rest = entity->body};
    header_value(entity, "Content-Type", &header);
    header_parameter(&header, "boundary", &parts->boundary);
    buffer_free(&header);
    while (parts->boundary.length && parts->boundary.bytes[parts->boundary.length - 1] == ' ') {
        parts->boundary.length--;
    }
    bool is_found = parts->boundary.length && skip_to_separator(parts);
    if (!is_found) {
        buffer_clear(&parts->boundary);
        parts->rest = entity->body;
        guess_boundary(entity->body, &parts->boundary);
        is_found = parts->boundary.length && skip_to_separator(parts) && parts->is_open;
    }
    if (!is_found || parts->boundary.length > boundary_bytes_max) multipart_close(parts);
    return is_found && parts->boundary.length;
}

bool multipart_next(struct multipart *parts, struct entity *part) {
    if (!parts->is_open) return false;
    if (++parts->count > parts_max) {
        fail(FAILURE_TOO_LARGE, "the message has more than 10000 parts");
    }
    struct span text = {parts->rest.at, parts->rest.end};
    const char *stop = skip_to_separator(parts);
    if (stop) {
        // The line end before a separator belongs to the separator.
        text.end = stop;
        if (text.end > text.at && text.end[-1] == '\n') text.end--;
        if (text.end > text.at && text.end[-1] == '\r') text.end--;
    } else {
        parts->is_open = false;
    }
    if (text.at == text.end && !stop) return false;
    *part = entity_of(text);
    return true;
}

void multipart_close(struct multipart *parts) {
    buffer_free(&parts->boundary);
    parts->is_open = false;
}
