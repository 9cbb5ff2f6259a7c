#include "doc_notes.h"

#include <stdlib.h>

enum {
    comment_bytes = 30,
    shape_bytes = 26,
    text_box_bytes = 22,
    /// Text boxes after this many follow the text.
    anchors_max = 4096,
};

struct anchored {
    uint32_t position;
    struct note note;
    bool is_used;
};

/// Sorted by position; text boxes without an anchor come last.
static struct anchored *notes;
static size_t count, capacity, next_at, left_at;

static void add(uint32_t position, struct note note) {
    if (note.text.start >= note.text.end) return;
    if (count == capacity) {
        capacity = capacity * 2 + 64;
        notes = checked_realloc(notes, capacity, sizeof *notes);
    }
    notes[count++] = (struct anchored){position, note, false};
}

/// The text at `index` of a story whose texts are listed by their positions. It begins at `*free`
/// at the earliest, so that texts do not overlap.
static struct range text_at(struct view texts, size_t index, enum doc_story story,
                            uint32_t *free) {
    struct range whole = doc_story(story);
    uint64_t start = whole.start + (uint64_t)view_u32(texts, index * 4);
    uint64_t end = whole.start + (uint64_t)view_u32(texts, index * 4 + 4);
    if (end > whole.end) end = whole.end;
    if (start < *free) start = *free;
    if (start > end) start = end;
    *free = (uint32_t)end;
    return (struct range){(uint32_t)start, (uint32_t)end};
}

/// Reads notes whose references are a list of positions, each with `bytes` more.
static void read_references(enum note_kind kind, enum doc_part references, size_t bytes,
                            enum doc_part texts, enum doc_story story) {
    struct view table = doc_part(references);
    size_t notes_here = table.length < 4 ? 0 : (table.length - 4) / (4 + bytes);
    uint32_t free = 0;
    for (size_t i = 0; i < notes_here; i++) {
        struct note note = {.kind = kind, .text = text_at(doc_part(texts), i, story, &free)};
        if (kind == NOTE_COMMENT) {
            note.author = view_part(table, (notes_here + 1) * 4 + i * bytes, bytes);
        }
        add(view_u32(table, i * 4), note);
    }
}

/// Position of a shape's anchor by the shape's number; UINT32_MAX if the text has none.
static uint32_t anchor_of(uint32_t shape) {
    struct view shapes = doc_part(DOC_SHAPES);
    size_t shape_count = shapes.length < 4 ? 0 : (shapes.length - 4) / (4 + shape_bytes);
    for (size_t i = 0; i < shape_count && i < anchors_max; i++) {
        size_t at = (shape_count + 1) * 4 + i * shape_bytes;
        if (view_u32(shapes, at) == shape) return view_u32(shapes, i * 4);
    }
    return UINT32_MAX;
}

static void read_text_boxes(void) {
    struct view table = doc_part(DOC_TEXT_BOXES);
    size_t boxes = table.length < 4 ? 0 : (table.length - 4) / (4 + text_box_bytes);
    uint32_t free = 0;
    for (size_t i = 0; i < boxes; i++) {
        struct range text = text_at(table, i, STORY_TEXT_BOXES, &free);
        uint32_t shape = view_u32(table, (boxes + 1) * 4 + i * text_box_bytes + 14);
        uint32_t anchor = i < anchors_max ? anchor_of(shape) : UINT32_MAX;
        add(anchor, (struct note){.kind = NOTE_TEXT_BOX, .text = text});
    }
}

static int by_position(const void *left, const void *right) {
    const struct anchored *a = left, *b = right;
    if (a->position != b->position) return a->position < b->position ? -1 : 1;
    return a->note.text.start < b->note.text.start ? -1 : a->note.text.start > b->note.text.start;
}

void doc_notes_read(void) {
    read_references(NOTE_FOOTNOTE, DOC_FOOTNOTE_REFERENCES, 2, DOC_FOOTNOTE_TEXTS,
                    STORY_FOOTNOTES);
    read_references(NOTE_ENDNOTE, DOC_ENDNOTE_REFERENCES, 2, DOC_ENDNOTE_TEXTS, STORY_ENDNOTES);
    read_references(NOTE_COMMENT, DOC_COMMENT_REFERENCES, comment_bytes, DOC_COMMENT_TEXTS,
                    STORY_COMMENTS);
    read_text_boxes();
    if (count) qsort(notes, count, sizeof *notes, by_position);
}

bool doc_note_at(uint32_t position, struct note *note) {
    while (next_at < count && notes[next_at].position < position) next_at++;
    if (next_at == count || notes[next_at].position != position) return false;
    notes[next_at].is_used = true;
    *note = notes[next_at++].note;
    return true;
}

bool doc_text_box_left(struct note *note) {
    for (; left_at < count; left_at++) {
        if (notes[left_at].is_used || notes[left_at].note.kind != NOTE_TEXT_BOX) continue;
        notes[left_at].is_used = true;
        *note = notes[left_at].note;
        return true;
    }
    return false;
}
