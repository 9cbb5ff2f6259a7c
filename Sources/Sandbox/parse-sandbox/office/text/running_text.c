#include "running_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "writer.h"

enum { lines_max = 1000 };

static char **lines;
static size_t line_count;

/// Whether a word belongs to a page number: "Page", "of", "Seite", "/" and the like.
static bool is_page_word(const char *word, size_t length) {
    static const char *const words[] = {
        "page", "pages", "p", "pg", "of", "seite", "seiten", "s", "von", "página", "páginas",
        "pagina", "pág", "pag", "de", "sur", "di", "van", "bladzijde", "blz", "side", "sida",
        "av", "af", "sivu", "strona", "str", "strana", "z", "oldal", "страница", "стр", "из",
        "σελίδα", "sayfa", "第", "页", "頁", "共", "ページ", "folio"};
    while (length && strchr(".,:;()[]-/|", word[length - 1])) length--;
    while (length && strchr(".,:;()[]-/|", *word)) word++, length--;
    if (!length) return true;
    bool is_dash = length == 3 && (!memcmp(word, "–", 3) || !memcmp(word, "—", 3));
    if (is_dash) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == length && !strncasecmp(word, words[i], length)) return true;
    }
    return false;
}

struct word { const char *start; size_t length; bool has_mark, is_dropped; };

enum { words_max = 256 };

static size_t split(const char *text, size_t size, struct word words[words_max]) {
    size_t count = 0;
    for (const char *at = text, *end = text + size; at < end && count < words_max;) {
        while (at < end && isspace((unsigned char)*at)) at++;
        const char *start = at;
        while (at < end && !isspace((unsigned char)*at)) at++;
        if (at == start) break;
        size_t length = (size_t)(at - start);
        bool has_mark = memchr(start, *RUNNING_PAGE_MARK, length);
        words[count++] = (struct word){start, length, has_mark, has_mark};
    }
    return count;
}

/// Appends a part of a line without its page number and the words that belong to it.
static void append_part(struct buffer *line, const char *text, size_t size) {
    struct word words[words_max];
    size_t count = split(text, size, words);
    for (size_t i = 1; i < count; i++) {
        bool follows = words[i - 1].is_dropped;
        words[i].is_dropped |= follows && is_page_word(words[i].start, words[i].length);
    }
    for (size_t i = count; i-- > 1;) {
        struct word *before = &words[i - 1];
        bool precedes = words[i].is_dropped;
        before->is_dropped |= precedes && is_page_word(before->start, before->length);
    }
    for (size_t i = 0; i < count; i++) {
        if (words[i].is_dropped) continue;
        if (line->length) buffer_byte(line, ' ');
        buffer_append(line, words[i].start, words[i].length);
    }
}

/// Whether the line has been written before; remembers it otherwise.
static bool is_known(const char *line) {
    for (size_t i = 0; i < line_count; i++) {
        if (!strcmp(lines[i], line)) return true;
    }
    if (line_count == lines_max) return false;
    if (!lines) lines = checked_realloc(NULL, lines_max, sizeof *lines);
    lines[line_count++] = checked_copy(line);
    return false;
}

/// A line in parts: a page number and a title are usually apart by a tabulator.
static void write_part_lines(const char *text, size_t size) {
    struct buffer line = {0};
    for (const char *at = text, *end = text + size; at < end; at++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        const char *stop = tab ? tab : end;
        append_part(&line, at, (size_t)(stop - at));
        at = stop;
    }
    bool has_letter = false;
    for (size_t i = 0; i < line.length; i++) {
        has_letter |= isalnum((unsigned char)line.bytes[i]) || (unsigned char)line.bytes[i] >= 0x80;
    }
    if (has_letter && !is_known(buffer_cstring(&line))) {
        blocks_flush();
        write_line(&line);
    }
    buffer_free(&line);
}

void running_text_write(struct buffer *text) {
    const char *at = text->bytes, *end = at + text->length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        write_part_lines(at, (size_t)(stop - at));
        at = stop + (stop < end);
    }
}
