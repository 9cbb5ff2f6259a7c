#include "doc_fonts.h"

#include "code_page.h"
#include "doc.h"
#include "doc_pieces.h"
#include "doc_sprms.h"
#include "symbols.h"

enum { name_at = 40, name_units_max = 64, fonts_max = 4096 };

/// The name of a font by its index; empty if the table does not have it.
static struct buffer font_name(unsigned index) {
    struct view table = doc_part(DOC_FONTS);
    size_t at = 4;
    for (unsigned i = 0; i < index && i < fonts_max; i++) at += 1 + view_u8(table, at);
    struct view units = view_part(table, at + name_at, name_units_max * 2);
    size_t length = 0;
    while (length < units.length && view_u16(units, length)) length += 2;
    struct buffer name = {0};
    append_utf16(&name, view_part(units, 0, length));
    return name;
}

uint32_t doc_symbol(uint32_t position, uint16_t unit) {
    unsigned font = 0;
    struct sprm sprm;
    struct view properties = character_properties(position);
    for (size_t at = 0; sprm_next(properties, &at, &sprm);) {
        if (sprm.code == SPRM_FONT) font = view_u16(sprm.operand, 0);
        if (sprm.code != SPRM_SYMBOL) continue;
        font = view_u16(sprm.operand, 0);
        unit = view_u16(sprm.operand, 2);
        break;
    }
    struct buffer name = font_name(font);
    const char *text = buffer_cstring(&name);
    bool is_symbol = is_symbol_font(text);
    uint32_t scalar = is_symbol ? symbol_scalar(text, unit) : unit;
    buffer_free(&name);
    return scalar;
}
