#include "doc_styles.h"

#include <stdlib.h>

#include "doc.h"
#include "doc_pieces.h"
#include "doc_runs.h"
#include "doc_sprms.h"

enum {
    inheritance_max = 16,
    nesting_max = 4,
    style_none = 0xfff,
    /// Numbers of built-in styles.
    heading_1 = 1, heading_9 = 9, title = 62, list_bullet = 48,
    kind_paragraph = 1, kind_character = 2,
    body_level = 9,
};

struct style {
    unsigned builtin, kind, parent;
    /// Property changes of the style itself.
    struct view paragraph, characters;
};

static struct style *styles;
static size_t style_count;
static struct runs runs;

/// A list of property changes with its length before it, at an even place. Advances past it.
static struct view take_list(struct view bytes, size_t *at) {
    size_t start = *at + 2, length = view_u16(bytes, *at);
    *at = start + length + (length & 1);
    return view_part(bytes, start, length);
}

static struct style read_style(struct view bytes, size_t base) {
    uint16_t kind = view_u16(bytes, 2);
    struct style style = {
        .builtin = view_u16(bytes, 0) & 0xfff, .kind = kind & 15, .parent = kind >> 4};
    size_t at = base + 2 + (size_t)view_u16(bytes, base) * 2 + 2;
    if (style.kind == kind_paragraph) {
        struct view list = take_list(bytes, &at);
        style.paragraph = view_from(list, 2);
    }
    if (style.kind == kind_paragraph || style.kind == kind_character) {
        style.characters = take_list(bytes, &at);
    }
    return style;
}

void doc_styles_read(void) {
    struct view sheet = doc_part(DOC_STYLES);
    size_t at = 2 + view_u16(sheet, 0), base = view_u16(sheet, 4);
    style_count = view_u16(sheet, 2);
    styles = checked_realloc(NULL, style_count, sizeof *styles);
    for (size_t i = 0; i < style_count; i++) {
        size_t length = view_u16(sheet, at);
        styles[i] = (struct style){.parent = style_none};
        if (length) styles[i] = read_style(view_part(sheet, at + 2, length), base);
        at += 2 + length;
    }
    runs = paragraph_runs();
}

bool doc_style_is_hidden(unsigned index) {
    bool is_hidden = false;
    for (int depth = 0; index < style_count && depth < inheritance_max; depth++) {
        struct sprm sprm;
        for (size_t at = 0; sprm_next(styles[index].characters, &at, &sprm);) {
            if (sprm.code == SPRM_HIDDEN) is_hidden = view_u8(sprm.operand, 0) & 1;
        }
        if (is_hidden) return true;
        index = styles[index].parent;
    }
    return false;
}

static void apply(struct paragraph_properties *to, struct view list, int nesting) {
    struct sprm sprm;
    for (size_t at = 0; sprm_next(list, &at, &sprm);) {
        unsigned value = view_u8(sprm.operand, 0);
        switch (sprm.code) {
        case SPRM_OUTLINE_LEVEL:
            to->heading = value < body_level ? (int)value + 1 : 0;
            break;
        case SPRM_LIST:
            value = view_u16(sprm.operand, 0);
            to->list = value < 0x800 ? value : 0;
            break;
        case SPRM_LIST_LEVEL: to->list_level = value < 9 ? value : 8; break;
        case SPRM_IN_TABLE:
            if (value && !to->table_depth) to->table_depth = 1;
            break;
        case SPRM_TABLE_DEPTH: to->table_depth = view_u32(sprm.operand, 0); break;
        case SPRM_ROW_END: to->is_row_end = value; break;
        case SPRM_INNER_CELL_END: to->is_inner_cell_end = value; break;
        case SPRM_INNER_ROW_END: to->is_inner_row_end = value; break;
        case SPRM_ROW_IS_HEADER: to->is_header_row = value; break;
        case SPRM_TABLE_ROW: to->row = sprm.operand; break;
        default:
            if (nesting < nesting_max) apply(to, sprm_long_list(&sprm), nesting + 1);
        }
    }
}

static void apply_style(struct paragraph_properties *to, unsigned index) {
    unsigned chain[inheritance_max];
    int depth = 0;
    for (; index < style_count && depth < inheritance_max; index = styles[index].parent) {
        chain[depth++] = index;
    }
    while (depth--) {
        const struct style *style = &styles[chain[depth]];
        bool is_heading = style->builtin >= heading_1 && style->builtin <= heading_9;
        if (is_heading) to->heading = (int)style->builtin;
        if (style->builtin == title) to->heading = 1;
        apply(to, style->paragraph, 0);
    }
}

struct paragraph_properties paragraph_properties_at(uint32_t position) {
    struct paragraph_properties paragraph = {0};
    uint32_t byte = byte_of_character(position);
    size_t run = run_at(&runs, byte);
    struct view properties = {0};
    if (run < runs.count && runs.runs[run].start <= byte) {
        properties = run_properties(&runs.runs[run]);
    }
    struct view of_piece = piece_properties(position);
    unsigned style = view_u16(properties, 0);
    struct sprm sprm;
    for (size_t at = 0; sprm_next(of_piece, &at, &sprm);) {
        if (sprm.code == SPRM_STYLE) style = view_u16(sprm.operand, 0);
    }
    apply_style(&paragraph, style);
    apply(&paragraph, view_from(properties, 2), 0);
    apply(&paragraph, of_piece, 0);
    return paragraph;
}
