#include "msg_properties.h"

#include <stdio.h>

#include "code_page.h"

enum { value_bytes = 16 };

/// The code page of a Windows for a language, by the language's number.
static unsigned code_page_of_locale(unsigned locale) {
    switch (locale & 0x3ff) {
    case 0x04: return locale == 0x804 || locale == 0x1004 ? 936 : 950;
    case 0x11: return 932;
    case 0x12: return 949;
    case 0x1e: return 874;
    case 0x05: case 0x0e: case 0x15: case 0x18: case 0x1a: case 0x1b: case 0x1c: case 0x24:
        return 1250;
    case 0x02: case 0x19: case 0x22: case 0x23: case 0x2f: return 1251;
    case 0x08: return 1253;
    case 0x1f: case 0x2c: return 1254;
    case 0x0d: return 1255;
    case 0x01: case 0x20: case 0x29: return 1256;
    case 0x25: case 0x26: case 0x27: return 1257;
    case 0x2a: return 1258;
    default: return 1252;
    }
}

struct msg_item msg_item_open(uint32_t storage, size_t header, unsigned code_page) {
    struct msg_item item = {.storage = storage, .values_at = header, .code_page = code_page};
    compound_read_named(storage, "__properties_version1.0", &item.values);
    static const enum msg_property pages[] = {MSG_CODE_PAGE, MSG_BODY_CODE_PAGE};
    for (size_t i = 0; i < sizeof pages / sizeof *pages && !item.code_page; i++) {
        item.code_page = (unsigned)msg_number(&item, pages[i], MSG_INTEGER);
    }
    if (!item.code_page) {
        item.code_page = code_page_of_locale((unsigned)msg_number(&item, MSG_LOCALE, MSG_INTEGER));
    }
    return item;
}

void msg_item_close(struct msg_item *item) { buffer_free(&item->values); }

uint64_t msg_number(const struct msg_item *item, enum msg_property property, enum msg_type type) {
    struct view values = view_of(&item->values);
    uint32_t tag = (uint32_t)property << 16 | type;
    for (size_t at = item->values_at; view_has(values, at, value_bytes); at += value_bytes) {
        if (view_u32(values, at) == tag) return view_u64(values, at + 8);
    }
    return 0;
}

static uint32_t entry_of(const struct msg_item *item, enum msg_property property,
                         enum msg_type type) {
    char name[32];
    snprintf(name, sizeof name, "__substg1.0_%04X%04X", property, type);
    return compound_find(item->storage, name);
}

bool msg_text(const struct msg_item *item, enum msg_property property, struct buffer *text) {
    struct buffer bytes = {0};
    uint32_t wide = entry_of(item, property, MSG_WIDE);
    uint32_t narrow = entry_of(item, property, MSG_NARROW);
    size_t before = text->length;
    if (wide != COMPOUND_NONE) {
        compound_read(wide, &bytes);
        append_utf16(text, view_of(&bytes));
    } else if (narrow != COMPOUND_NONE) {
        compound_read(narrow, &bytes);
        append_code_page(text, view_of(&bytes), item->code_page);
    }
    while (text->length > before && !text->bytes[text->length - 1]) text->length--;
    buffer_free(&bytes);
    return wide != COMPOUND_NONE || narrow != COMPOUND_NONE;
}

bool msg_bytes(const struct msg_item *item, enum msg_property property, struct buffer *bytes) {
    uint32_t entry = entry_of(item, property, MSG_BINARY);
    if (entry == COMPOUND_NONE) return false;
    compound_read(entry, bytes);
    return true;
}

uint32_t msg_object(const struct msg_item *item, enum msg_property property) {
    return entry_of(item, property, MSG_OBJECT);
}
