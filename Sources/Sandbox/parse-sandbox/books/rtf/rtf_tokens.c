#include <string.h>

#include "encoding.h"
#include "rtf.h"

static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void read_word(struct rtf_source *source, struct rtf_token *token) {
    size_t length = 0;
    token->kind = RTF_WORD;
    for (; source->at < source->end && is_letter(*source->at); source->at++) {
        if (length < sizeof token->name - 1) token->name[length++] = *source->at;
    }
    token->name[length] = 0;
    bool has_sign = source->end - source->at > 1 && *source->at == '-';
    bool is_negative = has_sign && is_digit(source->at[1]);
    if (is_negative) source->at++;
    for (; source->at < source->end && is_digit(*source->at); source->at++) {
        token->has_number = true;
        if (token->number < 1000000000) token->number = token->number * 10 + *source->at - '0';
    }
    if (is_negative) token->number = -token->number;
    if (source->at < source->end && *source->at == ' ') source->at++;
}

static void read_escape(struct rtf_source *source, struct rtf_token *token) {
    if (source->at == source->end) {
        token->kind = RTF_END;
    } else if (is_letter(*source->at)) {
        read_word(source, token);
    } else if (*source->at == '\'' && source->end - source->at > 2 &&
               hex_digit(source->at[1]) >= 0 && hex_digit(source->at[2]) >= 0) {
        token->kind = RTF_BYTE;
        token->name[0] = (char)(hex_digit(source->at[1]) << 4 | hex_digit(source->at[2]));
        source->at += 3;
    } else {
        char c = *source->at++;
        token->kind = c == '{' || c == '}' || c == '\\' ? RTF_BYTE : RTF_SYMBOL;
        token->name[0] = c;
    }
}

struct rtf_token rtf_next(struct rtf_source *source) {
    struct rtf_token token = {.kind = RTF_END};
    while (source->at < source->end && strchr("\r\n", *source->at)) source->at++;
    if (source->at == source->end) return token;
    char c = *source->at++;
    if (c == '\\') {
        read_escape(source, &token);
    } else {
        token.kind = c == '{' ? RTF_OPEN : c == '}' ? RTF_CLOSE : RTF_BYTE;
        token.name[0] = c;
    }
    return token;
}
