#include "ppt_shapes.h"

#include <stdlib.h>

#include "blocks.h"
#include "code_page.h"
#include "ppt_table.h"
#include "ppt_text.h"
#include "reading_order.h"
#include "writer.h"

enum {
    depth_max = 32, references_max = 1024,
    property_bytes = 6, PROPERTY_IS_LONG = 0x8000, property_table = 0x39f,
    property_description = 0x381, PPT_PROPERTIES = 0xf00b,
};

/// Placeholders, by the numbers in the file.
enum placeholder {
    PLACEHOLDER_MASTER_TITLE = 1, PLACEHOLDER_MASTER_CENTRE_TITLE = 3,
    PLACEHOLDER_MASTER_NOTES_PICTURE = 5, PLACEHOLDER_DATE = 7, PLACEHOLDER_NUMBER = 8,
    PLACEHOLDER_FOOTER = 9, PLACEHOLDER_HEADER = 10, PLACEHOLDER_NOTES_PICTURE = 11,
    PLACEHOLDER_TITLE = 13, PLACEHOLDER_CENTRE_TITLE = 15,
};

/// The slide that is being written.
static struct {
    struct view texts;
    bool used[references_max], is_notes;
} slide;

static unsigned placeholder_of(struct view shape) {
    struct view data = ppt_child(shape, PPT_SHAPE_DATA);
    return view_u8(ppt_child(data, PPT_PLACEHOLDER), 4);
}

/// Dates, slide numbers, footers, and the picture of the slide on a page of notes.
static bool is_furniture(struct view shape) {
    switch (placeholder_of(shape)) {
    case PLACEHOLDER_DATE: case PLACEHOLDER_NUMBER: case PLACEHOLDER_FOOTER:
    case PLACEHOLDER_HEADER: case PLACEHOLDER_NOTES_PICTURE:
    case PLACEHOLDER_MASTER_NOTES_PICTURE: return true;
    default: return false;
    }
}

/// The text of a shape, its own or one of the slide's list; false if it has none.
static bool text_of(struct view shape, struct ppt_text *text) {
    struct view box = ppt_child(shape, PPT_SHAPE_TEXT);
    struct view reference = ppt_child(box, PPT_TEXT_REFERENCE);
    uint32_t index = view_u32(reference, 0);
    if (!reference.length) return ppt_text_at(box, 0, text);
    if (index < references_max) slide.used[index] = true;
    return ppt_text_at(slide.texts, index, text);
}

static bool is_title(struct view shape) {
    struct ppt_text text;
    unsigned placeholder = placeholder_of(shape);
    return placeholder == PLACEHOLDER_TITLE || placeholder == PLACEHOLDER_CENTRE_TITLE ||
        (text_of(shape, &text) && ppt_text_is_title(&text));
}

/// The value of a property in a list, and its long data if it has any; 0 if it is not there.
static uint32_t property_of(const struct ppt_record *list, unsigned id, struct view *data) {
    size_t at = list->instance * property_bytes;
    for (unsigned i = 0; i < list->instance; i++) {
        unsigned head = view_u16(list->data, i * property_bytes);
        uint32_t value = view_u32(list->data, i * property_bytes + 2);
        size_t length = head & PROPERTY_IS_LONG ? value : 0;
        if ((head & 0x3fff) == id) {
            *data = view_part(list->data, at, length);
            return value;
        }
        at += length;
    }
    return 0;
}

static bool is_table(struct view group) {
    struct view shape = ppt_child(group, PPT_SHAPE), data;
    struct ppt_record record;
    for (size_t at = 0; ppt_next(shape, &at, &record);) {
        bool has_more = record.type == PPT_MORE_PROPERTIES;
        if (has_more && property_of(&record, property_table, &data) & 1) return true;
    }
    return false;
}

/// Writes the text that describes a picture.
static void write_description(struct view shape) {
    struct ppt_record record;
    struct view units = {0};
    for (size_t at = 0; ppt_next(shape, &at, &record);) {
        if (record.type != PPT_PROPERTIES) continue;
        property_of(&record, property_description, &units);
    }
    struct buffer text = {0};
    struct paragraph paragraph = {0};
    append_utf16(&text, units);
    while (text.length && !text.bytes[text.length - 1]) text.length--;
    paragraph_alternative(&paragraph, buffer_cstring(&text));
    block_write(&paragraph);
    paragraph_free(&paragraph);
    buffer_free(&text);
}

void ppt_shape_text(struct view shape, struct buffer *target) {
    struct ppt_text text;
    if (text_of(shape, &text)) ppt_text_write(&text, target);
}

struct ppt_place ppt_shape_place(struct view shape) {
    struct view place = ppt_child(shape, PPT_GROUP_PLACE);
    if (place.length >= 16) {
        return (struct ppt_place){
            (int32_t)view_u32(place, 0), (int32_t)view_u32(place, 4),
            (int32_t)view_u32(place, 8), (int32_t)view_u32(place, 12)};
    }
    place = ppt_child(shape, PPT_SHAPE_PLACE);
    return (struct ppt_place){
        (int16_t)view_u16(place, 2), (int16_t)view_u16(place, 0),
        (int16_t)view_u16(place, 4), (int16_t)view_u16(place, 6)};
}

static void write_group(struct view group, int depth);

static void write_shape(const struct ppt_record *shape, int depth) {
    bool is_group = shape->type == PPT_GROUP;
    if (is_group && is_table(shape->data)) {
        blocks_flush();
        ppt_table_write(shape->data);
    } else if (is_group) {
        if (depth < depth_max) write_group(shape->data, depth + 1);
    } else if (!is_furniture(shape->data) && (slide.is_notes || !is_title(shape->data))) {
        ppt_shape_text(shape->data, NULL);
        write_description(shape->data);
    }
    blocks_flush();
}

/// Writes the shapes of a group but its first, which is the group itself.
static void write_group(struct view group, int depth) {
    struct ppt_record *shapes = NULL, record;
    struct box *boxes = NULL;
    size_t count = 0;
    for (size_t at = 0; ppt_next(group, &at, &record);) {
        if (record.type != PPT_SHAPE && record.type != PPT_GROUP) continue;
        if ((count & (count - 1)) == 0) {
            shapes = checked_realloc(shapes, count * 2 + 1, sizeof *shapes);
            boxes = checked_realloc(boxes, count * 2 + 1, sizeof *boxes);
        }
        struct view shape = record.type == PPT_GROUP ? ppt_child(record.data, PPT_SHAPE)
                                                     : record.data;
        struct ppt_place place = ppt_shape_place(shape);
        boxes[count] = (struct box){
            place.left, place.top, place.right, place.bottom, .position = count};
        shapes[count++] = record;
    }
    if (count > 1) sort_in_reading_order(boxes + 1, count - 1);
    for (size_t i = 1; i < count; i++) write_shape(&shapes[boxes[i].position], depth);
    free(shapes);
    free(boxes);
}

static void write_titles(struct view group, int depth) {
    struct ppt_record record;
    for (size_t at = 0; ppt_next(group, &at, &record);) {
        if (record.type == PPT_GROUP && depth < depth_max) write_titles(record.data, depth + 1);
        bool is_shown = record.type == PPT_SHAPE && !is_furniture(record.data);
        if (!is_shown || !is_title(record.data)) continue;
        struct buffer title = {0};
        ppt_shape_text(record.data, &title);
        write_heading(2, &title);
        buffer_free(&title);
    }
}

/// Writes texts of the slide's list that no shape refers to.
static void write_rest(void) {
    struct ppt_text text;
    for (size_t i = 0; i < references_max && ppt_text_at(slide.texts, i, &text); i++) {
        if (!slide.used[i]) ppt_text_write(&text, NULL);
    }
    blocks_flush();
}

static struct view begin(struct view content, struct view texts, bool is_notes) {
    slide.texts = texts;
    slide.is_notes = is_notes;
    for (size_t i = 0; i < references_max; i++) slide.used[i] = false;
    struct view drawing = ppt_child(content, PPT_DRAWING);
    return ppt_child(ppt_child(drawing, PPT_CANVAS), PPT_GROUP);
}

void ppt_slide_write(struct view content, struct view texts) {
    struct view group = begin(content, texts, false);
    write_titles(group, 0);
    write_group(group, 0);
    write_rest();
}

/// Whether a group has a text other than that of a placeholder for dates and the like.
static bool has_text(struct view group) {
    struct ppt_record record;
    struct ppt_text text;
    for (size_t at = 0; ppt_next(group, &at, &record);) {
        bool is_text = record.type == PPT_SHAPE && !is_furniture(record.data) &&
            text_of(record.data, &text);
        if (is_text && text.units.length > (text.is_wide ? 2u : 1u)) return true;
    }
    return false;
}

void ppt_notes_write(struct view content, struct view texts) {
    struct view group = begin(content, texts, true);
    struct buffer title = {0};
    buffer_text(&title, "Notes:");
    if (has_text(group)) write_paragraph(&title);
    buffer_free(&title);
    write_group(group, 0);
    write_rest();
}
