#include "xls_remarks.h"

#include <stdlib.h>
#include <string.h>

#include "code_page.h"
#include "writer.h"

enum {
    objects_max = 65536, common_properties = 0x15, row_of_continuation = 0xffff,
    LINK_HAS_TARGET = 1, LINK_HAS_NAME = 0x10, LINK_HAS_FRAME = 0x80, LINK_HAS_PATH = 0x100,
    guid_bytes = 16, address_bytes_max = 4096,
};

/// The texts of objects, by their numbers.
static char *objects[objects_max];
static unsigned current_object;
static bool has_objects;
static struct xls_remark *remarks;
static size_t count, capacity, next;

/// Adds a remark, and empties its text.
static void add(uint32_t cell, struct buffer *text, bool is_link) {
    buffer_collapse(text, false);
    if (text->length) {
        if (count == capacity) {
            capacity = capacity * 2 + 16;
            remarks = checked_realloc(remarks, capacity, sizeof *remarks);
        }
        remarks[count++] = (struct xls_remark){cell, checked_copy(buffer_cstring(text)), is_link};
    }
    buffer_free(text);
}

static void take_text(const struct record *record) {
    struct buffer text = {0};
    struct record_reader reader = reader_of(record, SIZE_MAX);
    size_t length = view_u16(record->data, 10);
    reader_continue(&reader);
    if (length && workbook.is_unicode) reader_characters(&reader, length, &text);
    buffer_collapse(&text, true);
    if (text.length) {
        free(objects[current_object]);
        objects[current_object] = checked_copy(buffer_cstring(&text));
        has_objects = true;
    }
    buffer_free(&text);
}

static void take_comment(const struct record *record) {
    struct buffer text = {0};
    uint16_t row = view_u16(record->data, 0);
    if (workbook.is_unicode) {
        char **object = &objects[view_u16(record->data, 6)];
        buffer_text(&text, *object ? *object : "");
        free(*object);
        *object = NULL;
    } else if (row != row_of_continuation) {
        struct record_reader reader = reader_of(record, 6);
        reader_string(&reader, view_u16(record->data, 4), &text);
    }
    add(cell_key(row, view_u16(record->data, 2)), &text, false);
}

/// Takes the address of a link; links to files and to places in the workbook have none.
static void take_link(const struct record *record) {
    static const unsigned char url[guid_bytes] = {
        0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9, 0x0b};
    struct view data = record->data;
    uint32_t flags = view_u32(data, 28);
    size_t at = 32;
    bool has_address = flags & LINK_HAS_TARGET && !(flags & LINK_HAS_PATH);
    if (flags & LINK_HAS_NAME) at += 4 + (size_t)view_u32(data, at) * 2;
    if (flags & LINK_HAS_FRAME) at += 4 + (size_t)view_u32(data, at) * 2;
    if (!has_address || !view_has(data, at, guid_bytes + 4)) return;
    if (memcmp(data.bytes + at, url, guid_bytes)) return;
    size_t length = view_u32(data, at + guid_bytes), used = 0;
    if (length > address_bytes_max) length = address_bytes_max;
    struct view units = view_part(data, at + guid_bytes + 4, length);
    while (view_has(units, used, 2) && view_u16(units, used)) used += 2;
    struct buffer address = {0};
    append_utf16(&address, view_part(units, 0, used));
    const char *text = buffer_cstring(&address);
    bool is_address = strstr(text, "://") || !strncmp(text, "mailto:", 7);
    if (!is_address) buffer_clear(&address);
    add(cell_key(view_u16(data, 0), view_u16(data, 4)), &address, true);
}

void xls_remarks_take(const struct record *record) {
    switch (record->code) {
    case RECORD_OBJECT:
        current_object = 0;
        if (view_u16(record->data, 0) == common_properties) {
            current_object = view_u16(record->data, 6);
        }
        break;
    case RECORD_TEXT_OBJECT: take_text(record); break;
    case RECORD_NOTE: take_comment(record); break;
    case RECORD_LINK: take_link(record); break;
    }
}

static int by_cell(const void *left, const void *right) {
    const struct xls_remark *a = left, *b = right;
    if (a->cell != b->cell) return a->cell < b->cell ? -1 : 1;
    return b->is_link - a->is_link;
}

void xls_remarks_sort(void) {
    if (count) qsort(remarks, count, sizeof *remarks, by_cell);
}

const struct xls_remark *xls_remark_next(uint32_t limit) {
    return next == count || remarks[next].cell > limit ? NULL : &remarks[next++];
}

void xls_remarks_end(void) {
    for (size_t i = 0; i < count; i++) free(remarks[i].text);
    count = next = 0;
    for (size_t i = 0; has_objects && i < objects_max; i++) {
        if (!objects[i]) continue;
        struct buffer text = {0};
        buffer_text(&text, objects[i]);
        write_paragraph(&text);
        buffer_free(&text);
        free(objects[i]);
        objects[i] = NULL;
    }
    has_objects = false;
}
