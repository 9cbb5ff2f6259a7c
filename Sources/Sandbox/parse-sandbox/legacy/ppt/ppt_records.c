#include "ppt_records.h"

#include <string.h>

#include "compound.h"
#include "failure.h"

enum {
    header_bytes = 8,
    numbers_max = 1 << 20,
    /// Records that all edits together may place; a presentation has one or a few of each.
    places_max = 1 << 23,
};

static const uint32_t no_place = UINT32_MAX, token_encrypted = 0xf3d1c4df;

static struct view stream;
/// Where the record with each number begins; no_place if there is none.
static uint32_t *places;
static long places_read;

bool ppt_next(struct view list, size_t *at, struct ppt_record *record) {
    if (!view_has(list, *at, header_bytes)) return false;
    record->instance = view_u16(list, *at) >> 4;
    record->type = view_u16(list, *at + 2);
    size_t length = view_u32(list, *at + 4);
    record->data = view_part(list, *at + header_bytes, length);
    *at += header_bytes + record->data.length;
    return true;
}

struct view ppt_child(struct view list, unsigned type) {
    struct ppt_record record;
    for (size_t at = 0; ppt_next(list, &at, &record);) {
        if (record.type == type) return record.data;
    }
    return (struct view){0};
}

/// The content of the record at a place, if it has this type.
static struct view record_at(size_t at, unsigned type) {
    struct ppt_record record;
    bool fits = ppt_next(stream, &at, &record) && record.type == type;
    return fits ? record.data : (struct view){0};
}

/// Reads where records begin; those of newer edits are known already.
static void read_places(struct view table) {
    for (size_t at = 0; view_has(table, at, 4);) {
        uint32_t head = view_u32(table, at), number = head & 0xfffff;
        at += 4;
        if (++places_read > places_max) {
            fail(FAILURE_MALFORMED, "the presentation lists its records too often");
        }
        for (uint32_t i = head >> 20; i && view_has(table, at, 4); i--, number++, at += 4) {
            bool is_new = number < numbers_max && places[number] == no_place;
            if (is_new) places[number] = view_u32(table, at);
        }
    }
}

/// Reads all edits, the newest first. Returns the number of the document record.
static uint32_t read_edits(size_t at) {
    uint32_t document = 0;
    while (at) {
        struct view edit = record_at(at, PPT_EDIT);
        if (!edit.length) break;
        if (!document) document = view_u32(edit, 16);
        read_places(record_at(view_u32(edit, 12), PPT_PLACES));
        // Edits are appended, so that an older one comes first in the stream.
        size_t older = view_u32(edit, 8);
        at = older < at ? older : 0;
    }
    return document;
}

/// The newest edit, if the stream that names it is missing.
static size_t last_edit(void) {
    struct ppt_record record;
    size_t last = 0;
    for (size_t at = 0, start = 0; ppt_next(stream, &at, &record); start = at) {
        if (record.type == PPT_EDIT) last = start;
    }
    return last;
}

struct view ppt_open(const struct buffer *document) {
    static struct buffer bytes;
    struct buffer user = {0};
    compound_open(document);
    // A file for PowerPoint 95 can contain the same presentation for later versions.
    uint32_t storage = compound_find(COMPOUND_ROOT, "PP97_DUALSTORAGE");
    if (storage == COMPOUND_NONE) storage = COMPOUND_ROOT;
    bool is_old = storage == COMPOUND_ROOT &&
        (compound_find(storage, "PP40") != COMPOUND_NONE ||
         compound_find(storage, "PersistentStorage Directory") != COMPOUND_NONE);
    if (is_old) fail(FAILURE_UNSUPPORTED_TYPE, "the document is of PowerPoint 95 or older");
    if (!compound_read_named(storage, "PowerPoint Document", &bytes)) {
        fail(FAILURE_MALFORMED, "the document has no presentation");
    }
    compound_read_named(storage, "Current User", &user);
    stream = view_of(&bytes);
    if (view_u32(view_of(&user), 12) == token_encrypted) {
        fail(FAILURE_ENCRYPTED, "the presentation is encrypted");
    }
    places = checked_realloc(NULL, numbers_max, sizeof *places);
    memset(places, 0xff, numbers_max * sizeof *places);
    size_t edit = view_u32(view_of(&user), 16);
    buffer_free(&user);
    if (!record_at(edit, PPT_EDIT).length) edit = last_edit();
    struct view content = ppt_take(read_edits(edit), PPT_DOCUMENT);
    if (!content.length) fail(FAILURE_MALFORMED, "the presentation has no list of slides");
    return content;
}

struct view ppt_take(uint32_t number, unsigned type) {
    if (number >= numbers_max || places[number] == no_place) return (struct view){0};
    struct view content = record_at(places[number], type);
    places[number] = no_place;
    return content;
}
