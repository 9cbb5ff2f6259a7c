#include "paragraph.h"

#include <ctype.h>
#include <string.h>

#include "scripts.h"

/// A longer address, such as one that contains its page, is left out.
enum { address_bytes_max = 1000 };

size_t paragraph_mark(struct paragraph *paragraph) {
    if (paragraph->script.length) {
        size_t start = paragraph->text.length;
        buffer_append(&paragraph->text, paragraph->script.bytes, paragraph->script.length);
        if (paragraph->script_position > 0) buffer_raise(&paragraph->text, start);
        else buffer_lower(&paragraph->text, start);
        buffer_clear(&paragraph->script);
    }
    return paragraph->text.length;
}

void paragraph_run(struct paragraph *paragraph, const char *text, int position) {
    if (position != paragraph->script_position) paragraph_mark(paragraph);
    paragraph->script_position = position;
    buffer_text(position ? &paragraph->script : &paragraph->text, text);
}

/// The address without a scheme that is usually left out, and without the slash at its end.
static const char *bare(const char *address, size_t *length) {
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t scheme = strlen(schemes[i]);
        if (*length < scheme || strncasecmp(address, schemes[i], scheme)) continue;
        *length -= scheme;
        address += scheme;
        break;
    }
    if (*length && address[*length - 1] == '/') --*length;
    return address;
}

void paragraph_link(struct paragraph *paragraph, size_t mark, const char *address) {
    static const char *const shown[] = {"http://", "https://", "mailto:", "ftp://", "tel:"};
    bool is_shown = false;
    for (size_t i = 0; address && i < sizeof shown / sizeof *shown; i++) {
        is_shown |= !strncasecmp(address, shown[i], strlen(shown[i]));
    }
    size_t end = paragraph_mark(paragraph);
    if (!is_shown || mark > end || strlen(address) > address_bytes_max) return;
    const char *text = paragraph->text.bytes + mark;
    size_t length = end - mark, target = strlen(address);
    while (length && isspace((unsigned char)text[length - 1])) length--;
    while (length && isspace((unsigned char)*text)) text++, length--;
    if (!length) return;
    text = bare(text, &length);
    const char *plain = bare(address, &target);
    if (length == target && !strncasecmp(text, plain, length)) return;
    // Blanks at the end of the link's text come after the address.
    size_t blanks = 0;
    while (isspace((unsigned char)paragraph->text.bytes[paragraph->text.length - 1])) {
        paragraph->text.length--;
        blanks++;
    }
    buffer_text(&paragraph->text, " (");
    buffer_text(&paragraph->text, address);
    buffer_text(&paragraph->text, blanks ? ") " : ")");
}

void paragraph_note(struct paragraph *paragraph, struct buffer *note) {
    paragraph_mark(paragraph);
    buffer_collapse(note, false);
    if (!note->length) return;
    struct buffer *target = paragraph->heading ? &paragraph->asides : &paragraph->text;
    buffer_text(target, " [");
    buffer_append(target, note->bytes, note->length);
    buffer_byte(target, ']');
}

void paragraph_comment(struct paragraph *paragraph, const char *author, struct buffer *comment) {
    buffer_collapse(comment, false);
    if (!comment->length) return;
    buffer_text(&paragraph->asides, " [Comment");
    if (author && *author) {
        buffer_text(&paragraph->asides, " by ");
        buffer_text(&paragraph->asides, author);
    }
    buffer_text(&paragraph->asides, ": ");
    buffer_append(&paragraph->asides, comment->bytes, comment->length);
    buffer_byte(&paragraph->asides, ']');
}

/// Some programs fill in the name of the picture's file.
static bool is_file_name(const char *text) {
    static const char *const endings[] = {
        ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bmp", ".tif", ".tiff", ".svg"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && !strcasecmp(text + length - ending, endings[i])) return true;
    }
    return false;
}

void paragraph_alternative(struct paragraph *paragraph, const char *text) {
    if (!text || is_file_name(text)) return;
    struct buffer line = {0};
    // Office programs mark what they have guessed by a further sentence.
    const char *end = strstr(text, "Description automatically generated");
    if (!end) end = strstr(text, "Description generated with");
    if (!end) end = strstr(text, "AI-generated content may be incorrect");
    buffer_append(&line, text, end ? (size_t)(end - text) : strlen(text));
    buffer_collapse(&line, false);
    if (line.length) {
        size_t mark = paragraph_mark(paragraph);
        bool joins = mark && !isspace((unsigned char)paragraph->text.bytes[mark - 1]);
        if (joins) buffer_byte(&paragraph->text, ' ');
        buffer_append(&paragraph->text, line.bytes, line.length);
        buffer_byte(&paragraph->text, ' ');
    }
    buffer_free(&line);
}

void paragraph_end(struct paragraph *paragraph) { paragraph_mark(paragraph); }

void paragraph_clear(struct paragraph *paragraph) {
    buffer_clear(&paragraph->text);
    buffer_clear(&paragraph->asides);
    buffer_clear(&paragraph->label);
    buffer_clear(&paragraph->script);
    paragraph->ordinal = paragraph->heading = paragraph->list_level = 0;
    paragraph->script_position = 0;
    paragraph->is_code = false;
}

void paragraph_free(struct paragraph *paragraph) {
    buffer_free(&paragraph->text);
    buffer_free(&paragraph->asides);
    buffer_free(&paragraph->label);
    buffer_free(&paragraph->script);
}

bool is_monospaced(const char *font) {
    static const char *const names[] = {
        "Courier", "Consolas", "Menlo", "Monaco", "Lucida Console", "Inconsolata", "Fira Code",
        "Cascadia Code", "Source Code Pro", "JetBrains", "Fixedsys", "Terminal", "Hack"};
    if (!font) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strncasecmp(font, names[i], strlen(names[i]))) return true;
    }
    // Liberation Mono, DejaVu Sans Mono, Andale Mono.
    const char *mono = strcasestr(font, " Mono");
    return mono && !isalpha((unsigned char)mono[5]);
}
