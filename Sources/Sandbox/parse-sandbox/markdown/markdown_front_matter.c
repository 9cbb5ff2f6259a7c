#include <string.h>

#include "markdown.h"
#include "writer.h"

static const char *line_end(const char *at, const char *end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop + 1 : end;
}

/// Length of a block of front matter in YAML or TOML, including both fences; 0 if there is none.
static size_t front_matter(const struct buffer *text) {
    const char *at = text->bytes, *end = at + text->length;
    if (text->length < 8 || (at[3] != '\n' && at[3] != '\r')) return 0;
    bool is_toml = !strncmp(at, "+++", 3);
    if (!is_toml && strncmp(at, "---", 3)) return 0;
    for (at = line_end(at, end); at < end; at = line_end(at, end)) {
        bool fence = end - at >= 3 && (is_toml ? !memcmp(at, "+++", 3)
            : !memcmp(at, "---", 3) || !memcmp(at, "...", 3));
        if (fence && (end - at == 3 || strchr("\r\n", at[3]))) {
            return (size_t)(line_end(at, end) - text->bytes);
        }
    }
    return 0;
}

/// Writes front matter as a paragraph. Without the fences, no line of it reads as a heading.
static void write(const char *matter, size_t length) {
    struct buffer lines = {0};
    const char *end = matter + length;
    for (const char *at = line_end(matter, end); at < end; at = line_end(at, end)) {
        bool is_fence = !strncmp(at, "---", 3) || !strncmp(at, "...", 3) || !strncmp(at, "+++", 3);
        if (is_fence) break;
        buffer_append(&lines, at, (size_t)(line_end(at, end) - at));
    }
    if (lines.length) {
        write_paragraph(&lines);
        write_verbatim("\n\n", 2);
    }
    buffer_free(&lines);
}

size_t markdown_write_front_matter(const struct buffer *text) {
    size_t length = front_matter(text);
    if (!length) return 0;
    write(text->bytes, length);
    while (length < text->length && strchr("\r\n", text->bytes[length])) length++;
    return length;
}
