#include "html_tokens.h"

#include <string.h>

#include "buffer.h"

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }
static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && is_blank(*at)) at++;
    return at;
}

/// The position after the next `mark`, or the end.
static const char *after(const char *at, const char *end, const char *mark) {
    const char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));
    return found ? found + strlen(mark) : end;
}

/// Skips a comment, at its `<!--`.
static const char *skip_comment(const char *at, const char *end) {
    at += 4;
    if (at < end && *at == '>') return at + 1;
    if (end - at > 1 && at[0] == '-' && at[1] == '>') return at + 2;
    for (const char *dash; (dash = memmem(at, (size_t)(end - at), "--", 2)); at = dash + 1) {
        const char *close = dash + 2;
        if (close < end && *close == '!') close++;
        if (close < end && *close == '>') return close + 1;
    }
    return end;
}

/// Reads one attribute's value, after its `=`.
static const char *read_value(const char *at, const char *end, struct html_slice *value) {
    at = skip_blanks(at, end);
    if (at < end && (*at == '"' || *at == '\'')) {
        const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
        *value = (struct html_slice){at + 1, (size_t)((close ? close : end) - at - 1)};
        return close ? close + 1 : end;
    }
    const char *start = at;
    while (at < end && !is_blank(*at) && *at != '>') at++;
    *value = (struct html_slice){start, (size_t)(at - start)};
    return at;
}

/// Reads attributes up to the tag's end. Returns the position after it.
static const char *read_attributes(const char *at, const char *end, struct html_token *tag) {
    while (at < end && *at != '>') {
        if (is_blank(*at) || *at == '/') {
            tag->closes_itself = *at == '/';
            at++;
            continue;
        }
        tag->closes_itself = false;
        struct html_attribute attribute = {.name.at = at};
        do at++;
        while (at < end && !is_blank(*at) && *at != '/' && *at != '>' && *at != '=');
        attribute.name.length = (size_t)(at - attribute.name.at);
        const char *next = skip_blanks(at, end);
        if (next < end && *next == '=') at = read_value(next + 1, end, &attribute.value);
        if (tag->attribute_count < html_attributes_max) {
            tag->attributes[tag->attribute_count++] = attribute;
        }
    }
    return at < end ? at + 1 : end;
}

static void read_tag(struct html_source *source, struct html_token *token, bool is_end) {
    const char *at = source->at + (is_end ? 2 : 1), *start = at;
    while (at < source->end && !is_blank(*at) && *at != '/' && *at != '>') at++;
    token->kind = is_end ? HTML_END_TAG : HTML_START_TAG;
    token->text = (struct html_slice){start, (size_t)(at - start)};
    token->element = html_element_named(start, token->text.length);
    token->attribute_count = 0;
    token->closes_itself = false;
    source->at = read_attributes(at, source->end, token);
    bool is_raw = html_traits(token->element) & HTML_RAW || token->element == HTML_plaintext;
    source->raw = !is_end && is_raw && !token->closes_itself ? token->element : HTML_any;
}

static void read_text(struct html_source *source, struct html_token *token, const char *stop) {
    token->kind = HTML_TEXT;
    token->text = (struct html_slice){source->at, (size_t)(stop - source->at)};
    token->has_references = true;
    source->at = stop;
}

/// Whether the end tag of the raw element is at `at`.
static bool ends_raw(const struct html_source *source, const char *at) {
    const char *name = at + 2, *stop = name;
    while (stop < source->end && is_letter(*stop)) stop++;
    bool ends = stop < source->end && (is_blank(*stop) || *stop == '/' || *stop == '>');
    return ends && html_element_named(name, (size_t)(stop - name)) == source->raw;
}

/// The content of a raw element, up to its end tag.
static void read_raw(struct html_source *source, struct html_token *token) {
    const char *stop = source->at;
    bool endless = source->raw == HTML_plaintext;
    for (; !endless; stop++) {
        stop = memmem(stop, (size_t)(source->end - stop), "</", 2);
        if (!stop || ends_raw(source, stop)) break;
    }
    if (endless || !stop) stop = source->end;
    bool has_references = html_traits(source->raw) & HTML_ESCAPABLE;
    source->raw = HTML_any;
    read_text(source, token, stop);
    token->has_references = has_references;
}

/// Skips what begins with `<!` or `<?`, or reads it as text if it is a CDATA section of XML.
static bool skip_declaration(struct html_source *source, struct html_token *token) {
    const char *at = source->at, *end = source->end;
    if (end - at >= 4 && !memcmp(at, "<!--", 4)) {
        source->at = skip_comment(at, end);
    } else if (source->is_xml && end - at >= 9 && !memcmp(at, "<![CDATA[", 9)) {
        source->at = at + 9;
        const char *close = memmem(source->at, (size_t)(end - source->at), "]]>", 3);
        read_text(source, token, close ? close : end);
        token->has_references = false;
        if (close) source->at = close + 3;
        return true;
    } else {
        source->at = after(at, end, ">");
    }
    return false;
}

void html_next(struct html_source *source, struct html_token *token) {
    if (source->raw) {
        read_raw(source, token);
        if (token->text.length) return;
    }
    while (source->at < source->end) {
        const char *at = source->at, *end = source->end;
        char next = end - at > 1 ? at[1] : 0;
        if (*at == '<' && is_letter(next)) return read_tag(source, token, false);
        if (*at == '<' && next == '/' && end - at > 2 && is_letter(at[2])) {
            return read_tag(source, token, true);
        }
        if (*at == '<' && (next == '!' || next == '?' || (next == '/' && end - at > 2))) {
            if (skip_declaration(source, token)) return;
            continue;
        }
        const char *stop = memchr(at + 1, '<', (size_t)(end - at - 1));
        return read_text(source, token, stop ? stop : end);
    }
    token->kind = HTML_END_OF_PAGE;
}

const struct html_slice *html_attribute(const struct html_token *tag, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < tag->attribute_count; i++) {
        const struct html_attribute *attribute = &tag->attributes[i];
        bool matches = attribute->name.length == length &&
            !strncasecmp(attribute->name.at, name, length);
        if (matches) return &attribute->value;
    }
    return NULL;
}

const char *html_resolve(struct html_slice value) {
    static struct buffer resolved;
    buffer_clear(&resolved);
    html_append(&resolved, value, true);
    return buffer_cstring(&resolved);
}

const char *html_value(const struct html_token *tag, const char *name) {
    const struct html_slice *found = html_attribute(tag, name);
    return found ? html_resolve(*found) : "";
}

bool html_value_is(const struct html_token *tag, const char *name, const char *value) {
    const struct html_slice *found = html_attribute(tag, name);
    return found && found->length == strlen(value) &&
        !strncasecmp(found->at, value, found->length);
}
