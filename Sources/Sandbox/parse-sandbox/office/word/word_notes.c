// Footnotes, endnotes and comments of a DOCX, which parts of their own contain.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "word.h"
#include "writer.h"

enum { notes_max = 100000 };

struct note {
    char *id, *author;
    struct buffer text;
    size_t position;
    bool is_written;
};

static struct notes { struct note *items; size_t count; } kinds[WORD_NOTES_COUNT];
static enum word_notes reading;
/// While notes are read, they do not refer to others.
static bool is_reading;

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    bool is_note = !strcmp(name, "footnote") || !strcmp(name, "endnote") ||
        !strcmp(name, "comment");
    struct notes *notes = &kinds[reading];
    if (event != XML_START || !is_note || notes->count == notes_max) return;
    const xmlNode *node = archive_take(reader);
    const char *id = node_attribute(node, "id"), *author = node_attribute(node, "author");
    const char *type = node_attribute(node, "type");
    // Separators between the text and its notes have a type too.
    if (!id || (type && strcmp(type, "normal"))) return;
    if ((notes->count & (notes->count - 1)) == 0) {
        notes->items = checked_realloc(notes->items, notes->count * 2 + 1, sizeof *notes->items);
    }
    struct note *note = &notes->items[notes->count];
    *note = (struct note){.id = checked_copy(id), .author = checked_copy(author ? author : ""),
                          .position = notes->count++};
    word_fields_reset();
    word_blocks(node, &note->text);
}

static int compare_ids(const void *left, const void *right) {
    return strcmp(((const struct note *)left)->id, ((const struct note *)right)->id);
}

static int compare_positions(const void *left, const void *right) {
    size_t a = ((const struct note *)left)->position, b = ((const struct note *)right)->position;
    return (a > b) - (a < b);
}

void word_notes_read(enum word_notes kind, const char *part) {
    struct relations relations = relations_of(part);
    word_relations = &relations;
    reading = kind;
    is_reading = true;
    archive_walk(part, visit);
    is_reading = false;
    word_relations = NULL;
    relations_free(&relations);
    struct notes *notes = &kinds[kind];
    if (notes->count) qsort(notes->items, notes->count, sizeof *notes->items, compare_ids);
}

static void append(enum word_notes kind, struct note *note, struct paragraph *paragraph) {
    if (note->is_written) return;
    note->is_written = true;
    if (kind == WORD_COMMENTS) paragraph_comment(paragraph, note->author, &note->text);
    else paragraph_note(paragraph, &note->text);
    buffer_free(&note->text);
}

void word_note(enum word_notes kind, const char *id, struct paragraph *paragraph) {
    struct notes *notes = &kinds[kind];
    if (!id || !notes->count || is_reading) return;
    struct note wanted = {.id = (char *)id};
    struct note *note =
        bsearch(&wanted, notes->items, notes->count, sizeof *notes->items, compare_ids);
    if (note) append(kind, note, paragraph);
}

void word_notes_end(void) {
    struct paragraph paragraph = {0};
    for (int kind = 0; kind < WORD_NOTES_COUNT; kind++) {
        struct notes *notes = &kinds[kind];
        if (!notes->count) continue;
        qsort(notes->items, notes->count, sizeof *notes->items, compare_positions);
        for (size_t i = 0; i < notes->count; i++) {
            paragraph_clear(&paragraph);
            append((enum word_notes)kind, &notes->items[i], &paragraph);
            block_write(&paragraph);
        }
    }
    paragraph_free(&paragraph);
}
