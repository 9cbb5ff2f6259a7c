#include "latex.h"

#include <ctype.h>
#include <string.h>

void latex_text(struct buffer *target, const char *text) {
    bool after_command = target->length > 1 && target->bytes[target->length - 1] == ' ';
    for (const char *at = text; *at; at++) {
        // U+2061 to U+2064 are operators without a glyph.
        if (!memcmp(at, "\xe2\x81", 2) && (unsigned char)at[2] >= 0xa1 &&
            (unsigned char)at[2] <= 0xa4) {
            at += 2;
            continue;
        }
        if (after_command && *at == ' ') continue;
        after_command = false;
        buffer_byte(target, *at);
    }
}

void latex_group(struct buffer *target, const char *command, const struct buffer *group) {
    buffer_text(target, command);
    buffer_byte(target, '{');
    buffer_append(target, group->bytes, group->length);
    buffer_byte(target, '}');
}

static const char *named(const char *character, const char *const (*names)[2], size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(character, names[i][0])) return names[i][1];
    }
    return NULL;
}

const char *latex_operator(const char *character) {
    static const char *const names[][2] = {
        {"∑", "\\sum"}, {"∏", "\\prod"}, {"∐", "\\coprod"}, {"∫", "\\int"}, {"∬", "\\iint"},
        {"∭", "\\iiint"}, {"∮", "\\oint"}, {"⋃", "\\bigcup"}, {"⋂", "\\bigcap"},
        {"⋁", "\\bigvee"}, {"⋀", "\\bigwedge"},
    };
    const char *name = named(character, names, sizeof names / sizeof *names);
    return name ? name : character;
}

/// The command of an accent such as U+0302; NULL if it is not an accent.
static const char *accent(const char *character) {
    static const char *const names[][2] = {
        {"\u0302", "\\hat"}, {"^", "\\hat"}, {"\u0303", "\\tilde"}, {"~", "\\tilde"},
        {"\u0304", "\\bar"}, {"\u0305", "\\bar"}, {"¯", "\\bar"}, {"‾", "\\bar"},
        {"\u0307", "\\dot"}, {"˙", "\\dot"}, {"\u0308", "\\ddot"}, {"¨", "\\ddot"},
        {"\u030c", "\\check"}, {"\u0306", "\\breve"}, {"\u20d7", "\\vec"}, {"→", "\\vec"},
        {"⃗", "\\vec"}, {"⏞", "\\overbrace"}, {"⏟", "\\underbrace"},
    };
    return named(character, names, sizeof names / sizeof *names);
}

void latex_accented(struct buffer *target, const char *character, const struct buffer *base) {
    const char *command = accent(character);
    if (!command) {
        buffer_text(target, "\\overset{");
        buffer_text(target, character);
    }
    latex_group(target, command ? command : "}", base);
}

void latex_base(struct buffer *target, const struct buffer *base) {
    size_t scalars = 0;
    bool is_word = base->length > 0;
    for (size_t i = 0; i < base->length; i++) {
        scalars += ((unsigned char)base->bytes[i] & 0xc0) != 0x80;
        is_word &= isalnum((unsigned char)base->bytes[i]) != 0;
    }
    bool has_brackets = base->length > 1 && base->bytes[0] == '(' &&
        base->bytes[base->length - 1] == ')';
    if (scalars == 1 || is_word || has_brackets) {
        buffer_append(target, base->bytes, base->length);
    } else {
        latex_group(target, "", base);
    }
}

void latex_function(struct buffer *target, const char *name) {
    static const char *const known[] = {
        "sinh", "sin", "cosh", "cos", "tanh", "tan", "cot", "sec", "csc", "log", "ln", "exp",
        "lim", "max", "min", "sup", "inf", "det", "arcsin", "arccos", "arctan"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i]);
        bool is_known = !strncmp(name, known[i], length) &&
            (!name[length] || strchr("_^", name[length]));
        if (!is_known) continue;
        buffer_byte(target, '\\');
        break;
    }
    buffer_text(target, name);
}

void latex_finish(struct buffer *target, struct buffer *equation, bool is_display) {
    buffer_collapse(equation, false);
    if (!equation->length) return;
    bool has_command = memchr(equation->bytes, '\\', equation->length) ||
        memchr(equation->bytes, '{', equation->length);
    const char *mark = !has_command ? "" : is_display ? "$$" : "$";
    buffer_text(target, mark);
    buffer_append(target, equation->bytes, equation->length);
    buffer_text(target, mark);
}
