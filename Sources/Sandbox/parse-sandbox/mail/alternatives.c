// Chooses between the forms of a multipart/alternative. Plain text is preferred, except if it is
// only a note that the message has another form.
#include <string.h>

#include "mail.h"

static bool is_letter(char c) {
    unsigned char folded = (unsigned char)c | 0x20;
    return (folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static size_t letters_in_text(const struct buffer *text) {
    size_t letters = 0;
    for (size_t i = 0; i < text->length; i++) letters += is_letter(text->bytes[i]);
    return letters;
}

/// Letters outside tags and style sheets.
static size_t letters_in_page(const struct buffer *page) {
    size_t letters = 0;
    const char *end = page->bytes + page->length;
    bool in_tag = false, in_style = false;
    for (const char *at = page->bytes; at < end; at++) {
        if (*at == '<') {
            in_tag = true;
            if (end - at > 8 && !strncasecmp(at, "<style", 6)) in_style = true;
            else if (end - at > 8 && !strncasecmp(at, "</style", 7)) in_style = false;
        } else if (*at == '>') {
            in_tag = false;
        } else {
            letters += !in_tag && !in_style && is_letter(*at);
        }
    }
    return letters;
}

/// Letters of the first part of this type.
static size_t letters_of(const struct entity *part, const char *type, int depth) {
    char own[80];
    content_type(part, "text/plain", own);
    size_t letters = 0;
    if (begins(own, "multipart/")) {
        struct multipart parts;
        struct entity child;
        if (depth > mail_depth_max || !multipart_open(part, &parts)) return 0;
        while (!letters && multipart_next(&parts, &child)) {
            letters = letters_of(&child, type, depth + 1);
        }
        multipart_close(&parts);
    } else if (!strcmp(own, type) && !is_file(part, own)) {
        struct buffer text = {0};
        decode_body(part, &text);
        bool is_page = !strcmp(type, "text/html");
        letters = is_page ? letters_in_page(&text) : letters_in_text(&text);
        buffer_free(&text);
    }
    return letters;
}

const char *worse_alternative(const struct entity *part) {
    size_t plain = letters_of(part, "text/plain", 0), page = letters_of(part, "text/html", 0);
    if (!plain || !page) return "";
    return plain * 5 >= page * 2 ? "text/html" : "text/plain";
}

bool has_text(const struct entity *part, const char *type) {
    return letters_of(part, type, 0) > 0;
}
