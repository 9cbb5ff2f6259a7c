// Equations of OOXML (OMML) as LaTeX.
#include <string.h>

#include "drawing.h"
#include "latex.h"

static void append(struct buffer *target, const xmlNode *parent);

/// The LaTeX of a child, such as the numerator of a fraction. The caller frees it.
static struct buffer part(const xmlNode *node, const char *name) {
    struct buffer text = {0};
    const xmlNode *child = node_child(node, name);
    if (child) append(&text, child);
    buffer_collapse(&text, false);
    return text;
}

static void append_group(struct buffer *target, const char *command, const xmlNode *node,
                         const char *name) {
    struct buffer group = part(node, name);
    latex_group(target, command, &group);
    buffer_free(&group);
}

static void append_plain(struct buffer *target, const xmlNode *node, const char *name) {
    struct buffer text = part(node, name);
    buffer_append(target, text.bytes, text.length);
    buffer_free(&text);
}

/// The character in the element's properties; `otherwise` if they do not name one.
static const char *character(const xmlNode *node, const char *properties, const char *name,
                             const char *otherwise) {
    const xmlNode *at = node_child(node_child(node, properties), name);
    const char *value = node_attribute(at, "val");
    return value ? value : at ? "" : otherwise;
}

static void append_fraction(struct buffer *target, const xmlNode *node) {
    const char *type = child_value(node_child(node, "fPr"), "type");
    if (type && !strcmp(type, "noBar")) {
        append_group(target, "\\binom", node, "num");
        append_group(target, "", node, "den");
    } else if (type && !strcmp(type, "lin")) {
        append_plain(target, node, "num");
        buffer_byte(target, '/');
        append_plain(target, node, "den");
    } else {
        append_group(target, "\\frac", node, "num");
        append_group(target, "", node, "den");
    }
}

static void append_root(struct buffer *target, const xmlNode *node) {
    struct buffer degree = part(node, "deg");
    buffer_text(target, "\\sqrt");
    if (degree.length) {
        buffer_byte(target, '[');
        buffer_append(target, degree.bytes, degree.length);
        buffer_byte(target, ']');
    }
    append_group(target, "", node, "e");
    buffer_free(&degree);
}

static void append_nary(struct buffer *target, const xmlNode *node) {
    struct buffer below = part(node, "sub"), above = part(node, "sup");
    buffer_text(target, latex_operator(character(node, "naryPr", "chr", "∫")));
    if (below.length) latex_group(target, "_", &below);
    if (above.length) latex_group(target, "^", &above);
    buffer_byte(target, ' ');
    append_plain(target, node, "e");
    buffer_free(&below);
    buffer_free(&above);
}

static void append_delimited(struct buffer *target, const xmlNode *node) {
    const char *separator = character(node, "dPr", "sepChr", "|");
    buffer_text(target, character(node, "dPr", "begChr", "("));
    bool is_first = true;
    for_each_child(child, node) {
        if (!node_is(child, "e")) continue;
        if (!is_first) buffer_text(target, separator);
        is_first = false;
        append(target, child);
    }
    buffer_text(target, character(node, "dPr", "endChr", ")"));
}

/// Rows of a matrix, or lines of an array of equations.
static void append_rows(struct buffer *target, const xmlNode *node, const char *kind) {
    bool is_first = true;
    const xmlNode *line = node_child(node, "e");
    bool is_single = line && !node_following(line, "e");
    if (is_single) {
        append(target, line);
        return;
    }
    buffer_text(target, "\\begin{");
    buffer_text(target, kind);
    buffer_byte(target, '}');
    for_each_child(row, node) {
        if (!node_is(row, "mr") && !node_is(row, "e")) continue;
        if (!is_first) buffer_text(target, " \\\\ ");
        is_first = false;
        if (node_is(row, "e")) append(target, row);
        bool is_first_cell = true;
        for (const xmlNode *cell = node_is(row, "mr") ? row->children : NULL; cell;
             cell = cell->next) {
            if (!node_is(cell, "e")) continue;
            if (!is_first_cell) buffer_text(target, " & ");
            is_first_cell = false;
            append(target, cell);
        }
    }
    buffer_text(target, "\\end{");
    buffer_text(target, kind);
    buffer_byte(target, '}');
}

/// A function: `\sin x`. Its name may have a limit below it.
static void append_function(struct buffer *target, const xmlNode *node) {
    struct buffer name = part(node, "fName");
    latex_function(target, buffer_cstring(&name));
    buffer_byte(target, ' ');
    append_plain(target, node, "e");
    buffer_free(&name);
}

static void append_accent(struct buffer *target, const xmlNode *node, const char *character) {
    struct buffer base = part(node, "e");
    latex_accented(target, character, &base);
    buffer_free(&base);
}

static void append_run(struct buffer *target, const xmlNode *run) {
    for_each_child(text, run) {
        if (!node_is(text, "t")) continue;
        struct buffer whole = {0};
        append_tree_text(&whole, text);
        latex_text(target, buffer_cstring(&whole));
        buffer_free(&whole);
    }
}

static void append_scripts(struct buffer *target, const xmlNode *node, bool has_sub, bool has_sup) {
    struct buffer base = part(node, "e");
    latex_base(target, &base);
    if (has_sub) append_group(target, "_", node, "sub");
    if (has_sup) append_group(target, "^", node, "sup");
    buffer_free(&base);
}

/// Appends an element that is not a run or a script.
static void append_structure(struct buffer *target, const xmlNode *node, const char *name) {
    size_t length = strlen(name);
    if (!strcmp(name, "f")) append_fraction(target, node);
    else if (!strcmp(name, "rad")) append_root(target, node);
    else if (!strcmp(name, "nary")) append_nary(target, node);
    else if (!strcmp(name, "d")) append_delimited(target, node);
    else if (!strcmp(name, "m")) append_rows(target, node, "matrix");
    else if (!strcmp(name, "eqArr")) append_rows(target, node, "aligned");
    else if (!strcmp(name, "func")) append_function(target, node);
    else if (!strcmp(name, "acc")) {
        append_accent(target, node, character(node, "accPr", "chr", "\u0302"));
    }
    else if (!strcmp(name, "bar")) append_group(target, "\\overline", node, "e");
    else if (!strcmp(name, "groupChr")) {
        append_accent(target, node, character(node, "groupChrPr", "chr", "⏟"));
    } else if (!strcmp(name, "limLow") || !strcmp(name, "limUpp")) {
        append_plain(target, node, "e");
        append_group(target, name[3] == 'L' ? "_" : "^", node, "lim");
    } else if (length < 2 || strcmp(name + length - 2, "Pr")) {
        append(target, node);
    }
}

static void append_element(struct buffer *target, const xmlNode *node) {
    const char *name = node_name(node);
    if (!strcmp(name, "r")) append_run(target, node);
    else if (!strcmp(name, "sSup")) append_scripts(target, node, false, true);
    else if (!strcmp(name, "sSub")) append_scripts(target, node, true, false);
    else if (!strcmp(name, "sSubSup")) append_scripts(target, node, true, true);
    else if (!strcmp(name, "sPre")) {
        append_group(target, "{}_", node, "sub");
        append_group(target, "^", node, "sup");
        append_plain(target, node, "e");
    } else append_structure(target, node, name);
}

static void append(struct buffer *target, const xmlNode *parent) {
    for_each_child(child, parent) {
        bool is_equation = node_is(child, "oMath") && target->length;
        if (is_equation) buffer_byte(target, ' ');
        append_element(target, child);
    }
}

void append_office_math(struct buffer *target, const xmlNode *math) {
    struct buffer equation = {0};
    append(&equation, math);
    latex_finish(target, &equation, node_is(math, "oMathPara"));
    buffer_free(&equation);
}
