// Text of PPTX: paragraphs with bullets, numbers, links, raised text and equations.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "counters.h"
#include "drawing.h"
#include "slides.h"
#include "symbols.h"

enum { levels_max = 9, code_line_bytes_max = 160 };

const struct relations *slide_relations;

/// The numbers of the levels of a text; 0 where none has been counted.
struct numbers { long counts[levels_max]; const xmlNode *schemes[levels_max]; };

/// A paragraph while it is read.
struct line {
    struct paragraph *paragraph;
    /// The link of the run before, and where its text begins.
    const char *link;
    size_t mark, monospaced, proportional;
};

/// A scheme such as alphaLcParenR or arabicPeriod.
static void append_number(struct paragraph *paragraph, const xmlNode *scheme, long value) {
    static const struct { const char *name; enum counter format; } formats[] = {
        {"alphaLc", COUNTER_LOWER_LETTER}, {"alphaUc", COUNTER_UPPER_LETTER},
        {"romanLc", COUNTER_LOWER_ROMAN}, {"romanUc", COUNTER_UPPER_ROMAN},
        {"circleNum", COUNTER_CIRCLE}, {"ea1", COUNTER_CHINESE},
    };
    const char *type = node_attribute(scheme, "type");
    enum counter format = COUNTER_DECIMAL;
    if (!type) type = "arabicPeriod";
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        bool fits = !strncmp(type, formats[i].name, strlen(formats[i].name));
        if (fits) format = formats[i].format;
    }
    bool is_period = strstr(type, "Period"), is_both = strstr(type, "ParenBoth");
    if (is_both) buffer_byte(&paragraph->label, '(');
    append_counter(&paragraph->label, value, format);
    buffer_text(&paragraph->label, is_period ? "." : strstr(type, "Paren") ? ")" : "");
    if (is_period && format == COUNTER_DECIMAL) paragraph->ordinal = value;
}

static void set_number(struct paragraph *paragraph, struct numbers *numbers, const xmlNode *scheme,
                       long level) {
    for (long below = level + 1; below < levels_max; below++) numbers->counts[below] = 0;
    if (!scheme) {
        numbers->counts[level] = 0;
        return;
    }
    const char *type = node_attribute(scheme, "type");
    const char *before = node_attribute(numbers->schemes[level], "type");
    bool continues = numbers->counts[level] && type && before && !strcmp(type, before);
    long start = node_number(scheme, "startAt", 1);
    if (start < 1 || start > 32767) start = 1;
    numbers->counts[level] = continues ? numbers->counts[level] + 1 : start;
    numbers->schemes[level] = scheme;
    append_number(paragraph, scheme, numbers->counts[level]);
}

static void end_link(struct line *line) {
    if (line->link) paragraph_link(line->paragraph, line->mark, line->link);
    line->link = NULL;
}

static void begin_run(struct line *line, const xmlNode *properties) {
    const char *id = node_relation(node_child(properties, "hlinkClick"), "id");
    const char *link = id && slide_relations ? relation_link(slide_relations, id) : NULL;
    bool is_same = link && line->link && !strcmp(link, line->link);
    if (is_same) return;
    end_link(line);
    line->link = link;
    line->mark = paragraph_mark(line->paragraph);
}

static void append_run(struct line *line, const xmlNode *run) {
    const xmlNode *properties = node_child(run, "rPr"), *text = node_child(run, "t");
    if (!text) return;
    begin_run(line, properties);
    long baseline = node_number(properties, "baseline", 0);
    const char *font = node_attribute(node_child(properties, "latin"), "typeface");
    const char *symbols = node_attribute(node_child(properties, "sym"), "typeface");
    struct buffer whole = {0}, shown = {0};
    append_tree_text(&whole, text);
    const char *content = buffer_cstring(&whole);
    // Only characters of the private use area are in the font of symbols.
    if (is_symbol_font(font)) append_symbols(&shown, font, content);
    else if (is_symbol_font(symbols) && strstr(content, "\xef\x82")) {
        append_symbols(&shown, symbols, content);
    } else buffer_text(&shown, content);
    for (const char *at = content; *at; at++) {
        if (isspace((unsigned char)*at)) continue;
        if (is_monospaced(font)) line->monospaced++;
        else line->proportional++;
    }
    int position = baseline > 0 ? 1 : baseline < 0 ? -1 : 0;
    paragraph_run(line->paragraph, buffer_cstring(&shown), position);
    buffer_free(&whole);
    buffer_free(&shown);
}

static void append_math(struct line *line, const xmlNode *math) {
    struct buffer text = {0};
    const xmlNode *equation = node_child(math, "oMathPara");
    if (!equation) equation = node_child(math, "oMath");
    if (equation) append_office_math(&text, equation);
    paragraph_run(line->paragraph, buffer_cstring(&text), 0);
    buffer_free(&text);
}

static void append_content(struct line *line, const xmlNode *parent) {
    for_each_child(node, parent) {
        const char *name = node_name(node), *type = node_attribute(node, "type");
        if (!strcmp(name, "r")) append_run(line, node);
        else if (!strcmp(name, "br")) paragraph_run(line->paragraph, "\n", 0);
        else if (!strcmp(name, "fld")) {
            if (!type || strcmp(type, "slidenum")) append_run(line, node);
        } else if (!strcmp(name, "m")) append_math(line, node);
        else if (!strcmp(name, "AlternateContent")) {
            const xmlNode *choice = node_child(node, "Choice");
            if (choice) append_content(line, choice);
        }
    }
}

static bool is_code(const struct line *line) {
    return line->monospaced && !line->proportional &&
        line->paragraph->text.length <= code_line_bytes_max;
}

static void write_one(const xmlNode *node, enum slide_role role, struct numbers *numbers,
                      struct buffer *target) {
    const xmlNode *properties = node_child(node, "pPr");
    const xmlNode *scheme = node_child(properties, "buAutoNum");
    struct paragraph paragraph = {0};
    struct line line = {.paragraph = &paragraph};
    long level = node_number(properties, "lvl", 0);
    level = level < 0 ? 0 : level >= levels_max ? levels_max - 1 : level;
    append_content(&line, node);
    end_link(&line);
    paragraph_end(&paragraph);
    bool has_bullet = scheme || node_child(properties, "buChar") ||
        node_child(properties, "buBlip");
    bool is_item = has_bullet || (role == SLIDE_LIST && !node_child(properties, "buNone"));
    if (paragraph.text.length) set_number(&paragraph, numbers, scheme, level);
    paragraph.is_code = !target && is_code(&line);
    if (is_item && !paragraph.is_code) paragraph.list_level = (int)level + 1;
    if (target) block_append(target, &paragraph);
    else block_write(&paragraph);
    paragraph_free(&paragraph);
}

void slide_text(const xmlNode *body, enum slide_role role, struct buffer *target) {
    struct numbers numbers = {0};
    if (!body) return;
    for_each_child(node, body) {
        if (node_is(node, "p")) write_one(node, role, &numbers, target);
    }
    if (!target) blocks_flush();
}
