// Runs of a DOCX paragraph: pieces of text with the same properties, and what is between them.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "drawing.h"
#include "report.h"
#include "symbols.h"
#include "word.h"

/// The properties of one run.
struct run {
    int position;
    const char *font;
    bool is_hidden, is_monospaced;
};

static struct run properties_of(const struct word_runs *runs, const xmlNode *node) {
    const xmlNode *own = node_child(node, "rPr");
    struct run run = {runs->style.position, NULL, runs->style.is_hidden,
                      runs->style.is_monospaced};
    const char *id = child_value(own, "rStyle");
    if (id) {
        struct word_style style = word_style(id);
        if (style.position) run.position = style.position;
        run.is_hidden |= style.is_hidden;
        run.is_monospaced |= style.is_monospaced;
    }
    const xmlNode *hidden = node_child(own, "vanish"), *fonts = node_child(own, "rFonts");
    const char *position = child_value(own, "vertAlign");
    if (hidden) run.is_hidden = node_is_on(hidden);
    if (position) run.position = word_position(position);
    run.font = node_attribute(fonts, "ascii");
    if (!run.font) run.font = node_attribute(fonts, "hAnsi");
    if (run.font) run.is_monospaced = is_monospaced(run.font);
    return run;
}

static void append_run_text(struct word_runs *runs, const struct run *run, const char *text) {
    if (word_field_is_hidden()) return;
    size_t visible = 0;
    for (const char *at = text; *at; at++) visible += !isspace((unsigned char)*at);
    if (run->is_hidden) {
        if (visible) report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
        return;
    }
    if (run->is_monospaced) runs->monospaced += visible;
    else runs->proportional += visible;
    if (!is_symbol_font(run->font)) {
        paragraph_run(runs->paragraph, text, run->position);
        return;
    }
    struct buffer symbols = {0};
    append_symbols(&symbols, run->font, text);
    paragraph_run(runs->paragraph, buffer_cstring(&symbols), run->position);
    buffer_free(&symbols);
}

static void append_symbol(struct word_runs *runs, const struct run *run, const xmlNode *node) {
    const char *code = node_attribute(node, "char");
    uint32_t scalar = !code ? 0
        : symbol_scalar(node_attribute(node, "font"), (uint32_t)strtoul(code, NULL, 16));
    if (!scalar) return;
    struct buffer text = {0};
    struct run plain = *run;
    plain.font = NULL;
    buffer_scalar(&text, scalar);
    append_run_text(runs, &plain, buffer_cstring(&text));
    buffer_free(&text);
}

static void append_reference(struct word_runs *runs, const xmlNode *node, const char *name) {
    enum word_notes kind = name[0] == 'f' ? WORD_FOOTNOTES
        : name[0] == 'e'                  ? WORD_ENDNOTES
                                          : WORD_COMMENTS;
    word_note(kind, node_attribute(node, "id"), runs->paragraph);
}

static void read_run(struct word_runs *runs, const struct run *run, const xmlNode *parent);

/// A drawing in two forms: the newer one first.
static const xmlNode *choice_of(const xmlNode *alternate) {
    return node_child(alternate, "Choice");
}

static void read_run_child(struct word_runs *runs, const struct run *run, const xmlNode *node) {
    const char *name = node_name(node);
    if (!strcmp(name, "t")) {
        for_each_child(text, node) {
            if (node_text(text)) append_run_text(runs, run, node_text(text));
        }
    } else if (!strcmp(name, "tab") || !strcmp(name, "ptab")) append_run_text(runs, run, "\t");
    else if (!strcmp(name, "br") || !strcmp(name, "cr")) append_run_text(runs, run, "\n");
    else if (!strcmp(name, "noBreakHyphen")) append_run_text(runs, run, "-");
    else if (!strcmp(name, "sym")) append_symbol(runs, run, node);
    else if (!strcmp(name, "fldChar")) word_field_character(node, runs->paragraph);
    else if (!strcmp(name, "instrText")) {
        for_each_child(text, node) {
            if (node_text(text)) word_field_instruction(node_text(text));
        }
    } else if (!strcmp(name, "footnoteReference") || !strcmp(name, "endnoteReference") ||
               !strcmp(name, "commentReference")) append_reference(runs, node, name);
    else if (run->is_hidden) return;
    else if (!strcmp(name, "drawing") || !strcmp(name, "pict")) word_drawing(runs, node);
    else if (!strcmp(name, "object")) {
        word_drawing(runs, node);
        word_object(node);
    } else if (!strcmp(name, "ruby")) word_runs(runs, node_child(node, "rubyBase"));
    else if (!strcmp(name, "AlternateContent") && choice_of(node)) {
        read_run(runs, run, choice_of(node));
    }
}

static void read_run(struct word_runs *runs, const struct run *run, const xmlNode *parent) {
    for_each_child(child, parent) read_run_child(runs, run, child);
}

static void read_link(struct word_runs *runs, const xmlNode *node) {
    const char *id = node_relation(node, "id");
    const char *address = id && word_relations ? relation_link(word_relations, id) : NULL;
    size_t mark = paragraph_mark(runs->paragraph);
    word_runs(runs, node);
    paragraph_link(runs->paragraph, mark, address);
}

static void append_math(struct word_runs *runs, const xmlNode *math) {
    struct buffer text = {0};
    append_office_math(&text, math);
    paragraph_run(runs->paragraph, buffer_cstring(&text), 0);
    buffer_free(&text);
}

void word_runs(struct word_runs *runs, const xmlNode *parent) {
    if (!parent) return;
    for_each_child(node, parent) {
        const char *name = node_name(node);
        if (!*name || !strcmp(name, "pPr") || word_is_skipped(name)) continue;
        if (!strcmp(name, "r")) {
            struct run run = properties_of(runs, node);
            read_run(runs, &run, node);
        } else if (!strcmp(name, "hyperlink")) {
            read_link(runs, node);
        } else if (!strcmp(name, "fldSimple")) {
            word_field_begin_simple(node_attribute(node, "instr"), runs->paragraph);
            word_runs(runs, node);
            word_field_end(runs->paragraph);
        } else if (!strcmp(name, "oMath") || !strcmp(name, "oMathPara")) {
            append_math(runs, node);
        } else if (!strcmp(name, "AlternateContent")) {
            word_runs(runs, choice_of(node));
        } else {
            word_runs(runs, node);
        }
    }
}
