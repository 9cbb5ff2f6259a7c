// Blocks of a DOCX: paragraphs, tables, and the elements around them.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "encoding.h"
#include "formats.h"
#include "report.h"
#include "word.h"
#include "writer.h"

enum {
    /// Longer lines in a monospaced font are sentences, such as those of a letter.
    code_line_bytes_max = 160,
};

const struct relations *word_relations;
bool word_is_running;

bool word_is_skipped(const char *name) {
    static const char *const names[] = {
        "Fallback", "del", "moveFrom", "rPrChange", "pPrChange", "sdtPr", "tblPr", "trPr", "tcPr",
        "rPr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(name, names[i])) return true;
    }
    return false;
}

static bool has_long_line(const struct buffer *text) {
    size_t length = 0;
    for (size_t i = 0; i < text->length; i++) {
        length = text->bytes[i] == '\n' ? 0 : length + 1;
        if (length > code_line_bytes_max) return true;
    }
    return false;
}

static bool is_code(const struct word_runs *runs) {
    if (runs->paragraph->heading || runs->paragraph->list_level) return false;
    if (runs->style.is_code) return true;
    bool is_set_apart = runs->monospaced && !runs->proportional &&
        !word_is_monospaced_by_default();
    return is_set_apart && !has_long_line(&runs->paragraph->text);
}

/// Whether the paragraph's end is deleted or hidden, so that an empty one is not there.
static bool is_absent(const xmlNode *properties) {
    const xmlNode *mark = node_child(properties, "rPr");
    return node_child(mark, "del") || node_is_on(node_child(mark, "vanish"));
}

static int heading_of(const struct word_style *style, const xmlNode *properties) {
    long outline = node_number(node_child(properties, "outlineLvl"), "val", 9);
    return outline >= 0 && outline <= 5 ? (int)outline + 1 : style->heading;
}

/// Counts the paragraph in its list.
static void set_number(struct word_runs *runs, const xmlNode *properties, const char *style) {
    const xmlNode *own = node_child(properties, "numPr");
    long number = node_number(node_child(own, "numId"), "val", runs->style.number);
    long level = node_number(node_child(own, "ilvl"), "val", runs->style.level);
    if (node_child(own, "numId") && level < 0) level = 0;
    bool is_listed = number > 0 || (number < 0 && (own || runs->style.is_listed));
    if (!is_listed) return;
    bool is_empty = !runs->paragraph->text.length;
    if (is_empty && is_absent(properties)) return;
    long found = number > 0 ? word_number(number, level, style, runs->paragraph) : -1;
    if (found >= 0) level = found;
    if (level < 0) level = 0;
    if (!runs->paragraph->heading) runs->paragraph->list_level = (int)(level > 8 ? 8 : level) + 1;
}

void word_paragraph(const xmlNode *node, struct buffer *target) {
    const xmlNode *properties = node_child(node, "pPr");
    const char *style = child_value(properties, "pStyle");
    struct paragraph paragraph = {0};
    struct word_runs runs = {
        .paragraph = &paragraph, .style = word_style(style), .is_inline = target != NULL};
    paragraph.heading = heading_of(&runs.style, properties);
    word_field_paragraph();
    word_runs(&runs, node);
    paragraph_end(&paragraph);
    set_number(&runs, properties, style);
    if (target) {
        block_append(target, &paragraph);
    } else {
        paragraph.is_code = is_code(&runs);
        block_write(&paragraph);
        word_graphics_flush();
        for (size_t i = 0; i < runs.box_count; i++) word_blocks(runs.boxes[i], NULL);
    }
    free(runs.boxes);
    paragraph_free(&paragraph);
}

static void write_table(const xmlNode *table) {
    word_table_begin();
    for (xmlNodePtr at = node_next(table, table, false); at;
         at = node_next(at, table, node_is(at, "tr") || word_is_skipped(node_name(at)))) {
        if (node_is(at, "tr")) word_table_row(at);
    }
    word_table_end();
}

void word_blocks(const xmlNode *parent, struct buffer *target) {
    for_each_child(node, parent) {
        const char *name = node_name(node);
        if (!*name || word_is_skipped(name)) continue;
        if (!strcmp(name, "p")) word_paragraph(node, target);
        else if (!strcmp(name, "tbl") && target) word_table_text(node, target);
        else if (!strcmp(name, "tbl")) write_table(node);
        else if (!strcmp(name, "altChunk")) {
            if (target) report_warning(WARNING_PART_UNSUPPORTED, 0);
            else word_foreign_part(node);
        }
        else if (!strcmp(name, "AlternateContent")) {
            const xmlNode *choice = node_child(node, "Choice");
            if (choice) word_blocks(choice, target);
        } else word_blocks(node, target);
    }
}

void word_foreign_part(const xmlNode *chunk) {
    const char *id = node_relation(chunk, "id");
    const char *part = id && word_relations ? relation_by_id(word_relations, id) : NULL;
    struct buffer bytes = {0};
    if (!part || !archive_read(part, &bytes)) {
        report_warning(WARNING_PART_UNSUPPORTED, 0);
        return;
    }
    struct pages pages;
    const char *ending = strrchr(part, '.');
    blocks_flush();
    bool is_html = ending && (!strncasecmp(ending, ".htm", 4) || !strcasecmp(ending, ".xhtml"));
    if (is_html) {
        parse_html(&bytes, &pages);
    } else if (ending && !strcasecmp(ending, ".txt")) {
        decode_text(&bytes, NULL);
        write_paragraph(&bytes);
    } else {
        write_file(part, bytes.bytes, bytes.length);
    }
    buffer_free(&bytes);
}
