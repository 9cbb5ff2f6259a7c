#include "format_code.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { tokens_max = 250, code_bytes_max = 512 };

static void add(struct section *section, enum token_kind kind, char letter, size_t count) {
    if (section->count == tokens_max) return;
    section->tokens[section->count++] =
        (struct token){.kind = kind, .letter = letter, .count = (unsigned short)count};
}

static void add_text(struct format_code *code, struct section *section, const char *text,
                     size_t length) {
    size_t start = code->texts.length;
    buffer_append(&code->texts, text, length);
    add(section, TOKEN_TEXT, 0, length);
    section->tokens[section->count - 1].text = (unsigned short)start;
}

/// [h], a condition such as [>=100], a currency such as [$EUR-407], or a colour.
static const char *read_bracket(struct format_code *code, struct section *section,
                                const char *at) {
    const char *end = strchr(at, ']');
    if (!end) return at + strlen(at);
    const char *inside = at + 1;
    size_t length = (size_t)(end - inside), units = strspn(inside, "hHmMsS");
    if (units && units == length) {
        add(section, TOKEN_ELAPSED, (char)tolower((unsigned char)*inside), units);
        section->has_time = true;
    } else if (*inside == '$') {
        size_t currency = strcspn(inside + 1, "-]");
        add_text(code, section, inside + 1, currency);
    } else if (strchr("<>=", *inside) && length) {
        size_t marks = strspn(inside, "<>=");
        section->condition = !strncmp(inside, "<=", 2) ? 'l' : !strncmp(inside, ">=", 2) ? 'g'
            : !strncmp(inside, "<>", 2)                ? 'n'
                                                       : *inside;
        section->limit = strtod(inside + marks, NULL);
    }
    return end + 1;
}

/// A run of y, m, d, h or s; or AM/PM. Returns NULL if there is none.
static const char *read_part(struct section *section, const char *at) {
    if (!strncasecmp(at, "AM/PM", 5) || !strncasecmp(at, "A/P", 3)) {
        add(section, TOKEN_HALF_DAY, at[1] == '/' ? 'a' : 'm', 1);
        section->has_time = true;
        return at + (at[1] == '/' ? 3 : 5);
    }
    char letter = (char)tolower((unsigned char)*at);
    if (!letter || !strchr("ymdhsegb", letter)) return NULL;
    size_t count = 0;
    while (tolower((unsigned char)at[count]) == letter) count++;
    if (letter == 'e') letter = 'y';
    if (letter == 'g' || letter == 'b') return at + count;
    add(section, TOKEN_PART, letter, count);
    if (letter == 'h' || letter == 's') section->has_time = true;
    else if (letter != 'm') section->has_date = true;
    return at + count;
}

/// Distinguishes minutes from months: minutes are next to hours or seconds.
static void find_minutes(struct section *section) {
    char before = 0;
    for (size_t i = 0; i < section->count; i++) {
        struct token *token = &section->tokens[i];
        if (token->kind != TOKEN_PART && token->kind != TOKEN_ELAPSED) continue;
        char after = 0;
        for (size_t next = i + 1; next < section->count && !after; next++) {
            enum token_kind kind = section->tokens[next].kind;
            if (kind == TOKEN_PART || kind == TOKEN_ELAPSED) after = section->tokens[next].letter;
        }
        if (token->kind == TOKEN_PART && token->letter == 'm') {
            if (before == 'h' || after == 's') token->letter = 'n';
            else section->has_date = true;
        }
        before = token->letter;
    }
    section->has_time |= !section->has_date && before == 'n';
}

/// The character that a backslash or a width mark applies to, with all its bytes.
static size_t character_length(const char *at) {
    size_t length = *at != 0;
    while ((at[length] & 0xc0) == 0x80) length++;
    return length;
}

static const char *read_token(struct format_code *code, struct section *section, const char *at) {
    if (*at == '"') {
        size_t length = strcspn(at + 1, "\"");
        add_text(code, section, at + 1, length);
        return at + 1 + length + (at[1 + length] == '"');
    }
    if (*at == '[') return read_bracket(code, section, at);
    if (*at == '\\' || *at == '_' || *at == '*') {
        size_t length = character_length(at + 1);
        if (*at == '\\') add_text(code, section, at + 1, length);
        else if (*at == '_') add_text(code, section, " ", 1);
        return at + 1 + length;
    }
    if (!strncasecmp(at, "General", 7)) {
        add(section, TOKEN_GENERAL, 0, 1);
        section->is_general = true;
        return at + 7;
    }
    if ((*at == 'E' || *at == 'e') && (at[1] == '+' || at[1] == '-')) {
        add(section, TOKEN_EXPONENT, at[1], 1);
        return at + 2;
    }
    const char *after = read_part(section, at);
    if (after) return after;
    size_t length = character_length(at);
    switch (*at) {
    case '0': case '#': case '?': add(section, TOKEN_DIGIT, *at, 1); break;
    case '.': add(section, TOKEN_POINT, 0, 1); break;
    case ',': add(section, TOKEN_COMMA, 0, 1); break;
    case '%': add(section, TOKEN_PERCENT, 0, 1); break;
    case '/': add(section, TOKEN_SLASH, 0, 1); break;
    case '@':
        add(section, TOKEN_VALUE, 0, 1);
        section->has_text = true;
        break;
    default: add_text(code, section, at, length);
    }
    return at + length;
}

struct format_code *format_code_read(const char *text) {
    struct format_code *code = checked_realloc(NULL, 1, sizeof *code);
    *code = (struct format_code){0};
    const char *end = text + strnlen(text, code_bytes_max);
    for (const char *at = text; code->count < sections_max; at++) {
        struct section *section = &code->sections[code->count++];
        section->tokens = checked_realloc(NULL, tokens_max, sizeof *section->tokens);
        while (at < end && *at != ';') at = read_token(code, section, at);
        find_minutes(section);
        section->tokens = checked_realloc(section->tokens, section->count, sizeof *section->tokens);
        if (at >= end) break;
    }
    return code;
}
