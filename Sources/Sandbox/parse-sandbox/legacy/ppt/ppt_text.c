#include "ppt_text.h"

#include <stdlib.h>

#include "blocks.h"
#include "code_page.h"
#include "ppt_styles.h"

enum { links_max = 256, fields_max = 256, addresses_max = 65536 };

/// The address of each link of the document, by its number.
static struct { uint32_t number; char *address; } *addresses;
static size_t address_count;

void ppt_links_read(struct view document) {
    struct view objects = ppt_child(document, PPT_OBJECTS);
    struct ppt_record link, part;
    for (size_t at = 0; ppt_next(objects, &at, &link);) {
        if (link.type != PPT_LINK || address_count == addresses_max) continue;
        struct buffer address = {0};
        for (size_t in = 0; ppt_next(link.data, &in, &part);) {
            bool is_address = part.type == PPT_STRING && part.instance == 1;
            if (is_address) append_utf16(&address, part.data);
        }
        addresses = checked_realloc(addresses, address_count + 1, sizeof *addresses);
        addresses[address_count].number = view_u32(ppt_child(link.data, PPT_LINK_ATOM), 0);
        addresses[address_count++].address = checked_copy(buffer_cstring(&address));
        buffer_free(&address);
    }
}

static const char *address_of(uint32_t number) {
    for (size_t i = 0; i < address_count; i++) {
        if (addresses[i].number == number) return addresses[i].address;
    }
    return NULL;
}

bool ppt_text_at(struct view list, size_t index, struct ppt_text *text) {
    struct ppt_record record;
    bool is_found = false;
    size_t start = 0, end = 0;
    for (size_t at = 0; ppt_next(list, &at, &record); end = at) {
        if (record.type == PPT_TEXT_BEGIN) {
            if (is_found) break;
            if (index--) continue;
            is_found = true;
            start = at;
            *text = (struct ppt_text){.role = view_u32(record.data, 0)};
        } else if (is_found && (record.type == PPT_TEXT_WIDE || record.type == PPT_TEXT_NARROW)) {
            text->is_wide = record.type == PPT_TEXT_WIDE;
            text->units = record.data;
        }
    }
    if (is_found) text->records = view_part(list, start, end > start ? end - start : 0);
    return is_found;
}

bool ppt_text_is_title(const struct ppt_text *text) {
    return text->role == PPT_TITLE || text->role == PPT_CENTRE_TITLE;
}

/// A link on a part of the text.
struct place { uint32_t start, end; const char *address; };

/// The kinds of content at places of a text.
struct places {
    struct place links[links_max];
    uint32_t fields[fields_max];
    size_t link_count, field_count;
};

static void read_places(const struct ppt_text *text, struct places *places) {
    struct ppt_record record;
    const char *address = NULL;
    places->link_count = places->field_count = 0;
    for (size_t at = 0; ppt_next(text->records, &at, &record);) {
        bool is_field = record.type == PPT_FIELD_FIRST ||
            (record.type >= PPT_FIELD_DATE && record.type <= PPT_FIELD_LAST);
        if (is_field && places->field_count < fields_max) {
            places->fields[places->field_count++] = view_u32(record.data, 0);
        } else if (record.type == PPT_ACTION) {
            address = address_of(view_u32(ppt_child(record.data, PPT_ACTION_ATOM), 4));
        } else if (record.type == PPT_LINK_RANGE && address && places->link_count < links_max) {
            places->links[places->link_count++] = (struct place){
                view_u32(record.data, 0), view_u32(record.data, 4), address};
        }
    }
}

/// Whether a character stands for a date, a slide number or a footer.
static bool is_field(const struct places *places, uint32_t at) {
    for (size_t i = 0; i < places->field_count; i++) {
        if (places->fields[i] == at) return true;
    }
    return false;
}

/// A text that is being written.
struct output {
    const struct ppt_text *text;
    struct buffer *target;
    struct paragraph paragraph;
    struct ppt_styles styles;
    size_t link_mark;
};

static void end_paragraph(struct output *output, uint32_t next) {
    struct paragraph *paragraph = &output->paragraph;
    struct ppt_paragraph_style style = ppt_styles_at(&output->styles);
    unsigned role = output->text->role;
    bool is_list = role == PPT_BODY || role == PPT_HALF_BODY || role == PPT_QUARTER_BODY;
    if (style.has_bullet_flag) is_list = style.has_bullet;
    if (is_list) paragraph->list_level = style.level + 1;
    if (output->target) block_append(output->target, paragraph);
    else block_write(paragraph);
    paragraph_clear(paragraph);
    output->link_mark = 0;
    ppt_styles_move(&output->styles, next);
}

/// Begins and ends links at a place of the text.
static void mark_links(struct output *output, const struct places *places, uint32_t at) {
    for (size_t i = 0; i < places->link_count; i++) {
        const struct place *link = &places->links[i];
        if (link->end == at && link->start < at) {
            paragraph_link(&output->paragraph, output->link_mark, link->address);
        }
        if (link->start == at) output->link_mark = paragraph_mark(&output->paragraph);
    }
}

static void append_unit(struct output *output, uint32_t at) {
    struct view units = output->text->units;
    struct buffer *text = &output->paragraph.text;
    if (!output->text->is_wide) {
        append_latin1(text, view_part(units, at, 1));
        return;
    }
    uint16_t unit = view_u16(units, (size_t)at * 2);
    // The second half of a pair is appended with the first.
    if ((unit & 0xfc00) == 0xdc00) return;
    bool is_symbol = unit >= 0xf000 && unit <= 0xf0ff;
    size_t bytes = (unit & 0xfc00) == 0xd800 ? 4 : 2;
    if (!is_symbol) append_utf16(text, view_part(units, (size_t)at * 2, bytes));
}

void ppt_text_write(const struct ppt_text *text, struct buffer *target) {
    static struct places places;
    struct output output = {.text = text, .target = target};
    uint32_t count = (uint32_t)(text->units.length / (text->is_wide ? 2 : 1));
    output.styles = ppt_styles_of(ppt_child(text->records, PPT_TEXT_STYLES), count);
    read_places(text, &places);
    for (uint32_t at = 0; at < count; at++) {
        uint16_t unit = text->is_wide ? view_u16(text->units, (size_t)at * 2)
                                      : view_u8(text->units, at);
        if (places.link_count) mark_links(&output, &places, at);
        if (unit == '\r') end_paragraph(&output, at + 1);
        else if (unit == '\v') buffer_byte(&output.paragraph.text, '\n');
        else if (unit >= ' ' && !is_field(&places, at)) append_unit(&output, at);
        else if (unit == '\t') buffer_byte(&output.paragraph.text, '\t');
    }
    if (places.link_count) mark_links(&output, &places, count);
    end_paragraph(&output, count);
    paragraph_free(&output.paragraph);
}
