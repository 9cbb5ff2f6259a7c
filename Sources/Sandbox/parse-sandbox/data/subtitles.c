// Subtitles (SubRip and WebVTT): what is said, as paragraphs. Cues are joined to sentences. A
// paragraph ends at a sentence's end after a minute, where the speaker changes, and after some
// seconds without speech. It begins with its time and, where it is known, the speaker.
#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "formats.h"
#include "writer.h"

enum {
    /// The length of a paragraph, in seconds, after which the next sentence begins a new one, and
    /// after which it ends anywhere.
    paragraph_seconds = 60, paragraph_seconds_max = 180,
    silence_seconds = 5,
    name_bytes_max = 64,
};

static struct {
    struct buffer paragraph, last_line;
    char speaker[name_bytes_max];
    long start, end;
} at;

static void flush(void) {
    if (!at.paragraph.length) return;
    struct buffer text = {0};
    char time[32];
    snprintf(time, sizeof time, "[%02ld:%02ld:%02ld] ", at.start / 3600, at.start / 60 % 60,
             at.start % 60);
    buffer_text(&text, time);
    buffer_text(&text, at.speaker);
    if (*at.speaker) buffer_text(&text, ": ");
    buffer_append(&text, at.paragraph.bytes, at.paragraph.length);
    write_paragraph(&text);
    buffer_free(&text);
    buffer_clear(&at.paragraph);
}

/// Whether the paragraph ends with a sentence.
static bool ends_sentence(void) {
    static const char *const ends[] = {".", "!", "?", "\xe2\x80\xa6", "\xe3\x80\x82", "\"", NULL};
    for (const char *const *end = ends; *end; end++) {
        size_t length = strlen(*end);
        bool has_end = at.paragraph.length >= length &&
            !memcmp(at.paragraph.bytes + at.paragraph.length - length, *end, length);
        if (has_end) return true;
    }
    return false;
}

/// Begins a new paragraph if this cue is not of the current one.
static void separate(long start, const char *speaker) {
    bool is_silent = start > at.end + silence_seconds;
    long seconds = start - at.start;
    bool is_long = (seconds >= paragraph_seconds && ends_sentence()) ||
        seconds >= paragraph_seconds_max;
    bool is_other = *speaker && strcmp(speaker, at.speaker);
    if (is_silent || is_long || is_other) flush();
    if (!at.paragraph.length) at.start = start;
    // A cue without a speaker continues the one before, but not after a silence.
    if (*speaker || is_silent) snprintf(at.speaker, sizeof at.speaker, "%s", speaker);
}

/// Reads `[hours:]minutes:seconds[.,]fraction`. Returns its end; NULL if it is not a time.
static const char *read_time(const char *text, long *seconds) {
    long parts[3] = {0}, count = 0;
    while (*text == ' ' || *text == '\t') text++;
    while (count < 3 && *text >= '0' && *text <= '9') {
        long value = 0;
        for (; *text >= '0' && *text <= '9'; text++) {
            if (value < 100000) value = value * 10 + (*text - '0');
        }
        parts[count++] = value;
        if (*text != ':') break;
        text++;
    }
    if (count < 2 || (*text != '.' && *text != ',')) return NULL;
    *seconds = count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
    return text + 1 + strspn(text + 1, "0123456789");
}

/// Reads `start --> end`.
static bool read_times(const char *line, long *start, long *end) {
    const char *after = read_time(line, start);
    if (!after) return false;
    after += strspn(after, " \t");
    return !strncmp(after, "-->", 3) && read_time(after + 3, end);
}

/// Copies the name of `<v Name>` or `<v.class Name>`.
static void read_voice(const char *tag, const char *end, char speaker[name_bytes_max]) {
    const char *name = memchr(tag, ' ', (size_t)(end - tag));
    if (!name) return;
    size_t length = (size_t)(end - ++name);
    if (length >= name_bytes_max) length = name_bytes_max - 1;
    while (length && (name[length] & 0xc0) == 0x80) length--;
    memcpy(speaker, name, length);
    speaker[length] = 0;
}

static const char *read_entity(const char *text, struct buffer *line) {
    static const struct { const char *name, *text; } entities[] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", " "}, {"&lrm;", ""},
        {"&rlm;", ""}, {"&quot;", "\""},
    };
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t length = strlen(entities[i].name);
        if (strncmp(text, entities[i].name, length)) continue;
        buffer_text(line, entities[i].text);
        return text + length;
    }
    buffer_byte(line, '&');
    return text + 1;
}

/// Appends a cue's line without its markup: tags such as `<i>`, and styles such as `{\an8}`.
static void append_line(const char *text, struct buffer *line, char speaker[name_bytes_max]) {
    while (*text) {
        const char *close = *text == '<' ? strchr(text, '>') : NULL;
        bool is_tag = close && (text[1] == '/' || hex_digit(text[1]) >= 0 ||
                                strchr("biucvrlBIUCVRLfF", text[1]));
        if (*text == '{' && text[1] == '\\') close = strchr(text, '}');
        if (is_tag || (*text == '{' && close)) {
            if (is_tag && (text[1] | 0x20) == 'v') read_voice(text, close, speaker);
            text = close + 1;
        } else if (*text == '&') {
            text = read_entity(text, line);
        } else {
            buffer_byte(line, *text++);
        }
    }
    buffer_collapse(line, false);
}

/// Adds a line to the paragraph, except if captions that roll upwards repeat it.
static void add_line(struct buffer *line) {
    if (!line->length) return;
    bool is_repeated = line->length == at.last_line.length &&
        !memcmp(line->bytes, at.last_line.bytes, line->length);
    if (is_repeated) return;
    if (at.paragraph.length) buffer_byte(&at.paragraph, ' ');
    buffer_append(&at.paragraph, line->bytes, line->length);
    buffer_clear(&at.last_line);
    buffer_append(&at.last_line, line->bytes, line->length);
}

/// Cuts the next line off and ends it with a NUL. Returns NULL at the end.
static char *cut_line(char **rest) {
    if (!**rest) return NULL;
    char *line = *rest, *stop = line + strcspn(line, "\r\n");
    *rest = stop + (stop[0] == '\r' && stop[1] == '\n') + (*stop != 0);
    *stop = 0;
    return line;
}

static void read_cue(char **rest, long start, long end) {
    struct buffer line = {0};
    char speaker[name_bytes_max] = "";
    bool is_first = true;
    for (char *text; (text = cut_line(rest)) && *text;) {
        buffer_clear(&line);
        char name[name_bytes_max] = "";
        append_line(text, &line, name);
        bool changes = *name && strcmp(name, speaker);
        if (changes) snprintf(speaker, sizeof speaker, "%s", name);
        if (line.length && (is_first || changes)) {
            separate(start, speaker);
            is_first = false;
        }
        add_line(&line);
    }
    if (end > at.end || start > at.end) at.end = end > start ? end : start;
    buffer_free(&line);
}

void parse_subtitles(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    for (size_t i = 0; i < document->length; i++) {
        if (!document->bytes[i]) document->bytes[i] = ' ';
    }
    // Only the lines after a time are said: other blocks are notes, styles and names of cues.
    char *rest = document->bytes;
    for (char *line; (line = cut_line(&rest));) {
        long start, end;
        if (read_times(line, &start, &end)) read_cue(&rest, start, end);
    }
    flush();
}
