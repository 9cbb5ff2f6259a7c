// Equations of MathML, as OpenDocument contains them, as LaTeX.
#include <ctype.h>
#include <string.h>

#include "drawing.h"
#include "latex.h"

/// No element that reads its children by position has more.
enum { children_max = 3 };

static void append(struct buffer *target, const xmlNode *node);

static void append_children(struct buffer *target, const xmlNode *parent) {
    for_each_child(child, parent) append(target, child);
}

/// The child elements; those beyond the bound are left out.
static size_t children_of(const xmlNode *node, const xmlNode *children[children_max]) {
    size_t count = 0;
    for_each_child(child, node) {
        if (*node_name(child) && count < children_max) children[count++] = child;
    }
    return count;
}

static void append_group(struct buffer *target, const char *command, const xmlNode *node) {
    struct buffer group = {0};
    append(&group, node);
    buffer_collapse(&group, false);
    latex_group(target, command, &group);
    buffer_free(&group);
}

static void append_token(struct buffer *target, const xmlNode *node) {
    struct buffer text = {0};
    append_tree_text(&text, node);
    buffer_collapse(&text, false);
    const char *shown = buffer_cstring(&text);
    bool joins_words = text.length > 1 && isalpha((unsigned char)*shown) && target->length &&
        isalpha((unsigned char)target->bytes[target->length - 1]);
    if (joins_words) buffer_byte(target, ' ');
    if (node_is(node, "mo")) latex_text(target, latex_operator(shown));
    else if (node_is(node, "mi")) latex_function(target, shown);
    else latex_text(target, shown);
    // A command ends at a character that is not a letter.
    bool is_command = text.length && target->length > text.length &&
        target->bytes[target->length - text.length - 1] == '\\';
    if (is_command) buffer_byte(target, ' ');
    buffer_free(&text);
}

static void append_base(struct buffer *target, const xmlNode *node) {
    struct buffer base = {0};
    append(&base, node);
    buffer_collapse(&base, false);
    latex_base(target, &base);
    buffer_free(&base);
}

/// A base with what is below and above it: `below` and `above` are indexes of children, 0 if none.
static void append_scripts(struct buffer *target, const xmlNode *node, size_t below, size_t above) {
    const xmlNode *children[children_max];
    size_t count = children_of(node, children);
    if (!count) return;
    bool is_accent = node_is(node, "mover") && count > 1 && node_is(children[1], "mo");
    if (is_accent) {
        struct buffer base = {0}, accent = {0};
        append(&base, children[0]);
        append_tree_text(&accent, children[1]);
        buffer_collapse(&accent, false);
        latex_accented(target, buffer_cstring(&accent), &base);
        buffer_free(&base);
        buffer_free(&accent);
        return;
    }
    append_base(target, children[0]);
    if (below && below < count) append_group(target, "_", children[below]);
    if (above && above < count) append_group(target, "^", children[above]);
}

static void append_table(struct buffer *target, const xmlNode *table) {
    bool is_first_row = true;
    buffer_text(target, "\\begin{matrix}");
    for_each_child(row, table) {
        if (!node_is(row, "mtr") && !node_is(row, "mlabeledtr")) continue;
        if (!is_first_row) buffer_text(target, " \\\\ ");
        is_first_row = false;
        bool is_first = true;
        for_each_child(cell, row) {
            if (!node_is(cell, "mtd")) continue;
            if (!is_first) buffer_text(target, " & ");
            is_first = false;
            append_children(target, cell);
        }
    }
    buffer_text(target, "\\end{matrix}");
}

static void append_fenced(struct buffer *target, const xmlNode *node) {
    const char *open = node_attribute(node, "open"), *close = node_attribute(node, "close");
    bool is_first = true;
    buffer_text(target, open ? open : "(");
    for_each_child(child, node) {
        if (!*node_name(child)) continue;
        if (!is_first) buffer_byte(target, ',');
        is_first = false;
        append(target, child);
    }
    buffer_text(target, close ? close : ")");
}

static void append_fraction(struct buffer *target, const xmlNode *node) {
    const xmlNode *children[children_max];
    if (children_of(node, children) < 2) return;
    append_group(target, "\\frac", children[0]);
    append_group(target, "", children[1]);
}

static void append_root(struct buffer *target, const xmlNode *node) {
    const xmlNode *children[children_max];
    if (children_of(node, children) < 2) return;
    struct buffer degree = {0};
    append(&degree, children[1]);
    buffer_text(target, "\\sqrt[");
    buffer_append(target, degree.bytes, degree.length);
    buffer_byte(target, ']');
    append_group(target, "", children[0]);
    buffer_free(&degree);
}

static void append_square_root(struct buffer *target, const xmlNode *node) {
    struct buffer content = {0};
    append_children(&content, node);
    buffer_collapse(&content, false);
    latex_group(target, "\\sqrt", &content);
    buffer_free(&content);
}

static void append(struct buffer *target, const xmlNode *node) {
    const char *name = node_name(node);
    if (!strcmp(name, "mi") || !strcmp(name, "mn") || !strcmp(name, "mo") ||
        !strcmp(name, "mtext") || !strcmp(name, "ms")) append_token(target, node);
    else if (!strcmp(name, "mfrac")) append_fraction(target, node);
    else if (!strcmp(name, "msqrt")) append_square_root(target, node);
    else if (!strcmp(name, "mroot")) append_root(target, node);
    else if (!strcmp(name, "msub") || !strcmp(name, "munder")) append_scripts(target, node, 1, 0);
    else if (!strcmp(name, "msup") || !strcmp(name, "mover")) append_scripts(target, node, 0, 1);
    else if (!strcmp(name, "msubsup") || !strcmp(name, "munderover")) {
        append_scripts(target, node, 1, 2);
    } else if (!strcmp(name, "mtable")) append_table(target, node);
    else if (!strcmp(name, "mfenced")) append_fenced(target, node);
    else if (!strcmp(name, "mspace")) buffer_byte(target, ' ');
    // An annotation is the same equation in another notation.
    else if (*name && strncmp(name, "annotation", 10) && strcmp(name, "mphantom")) {
        append_children(target, node);
    }
}

void append_mathml(struct buffer *target, const xmlNode *math) {
    struct buffer equation = {0};
    append(&equation, math);
    latex_finish(target, &equation, false);
    buffer_free(&equation);
}
