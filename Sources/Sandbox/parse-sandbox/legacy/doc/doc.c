// DOC, Word 97 to 2003 ([MS-DOC]): headers and footers, then the text with its notes. Hidden and
// deleted text is left out.
#include "doc.h"

#include "compound.h"
#include "doc_fields.h"
#include "doc_lists.h"
#include "doc_notes.h"
#include "doc_pieces.h"
#include "doc_styles.h"
#include "doc_text.h"
#include "embedded.h"
#include "failure.h"
#include "formats.h"
#include "running_text.h"

enum {
    FLAG_ENCRYPTED = 1 << 8,
    FLAG_TABLE_1 = 1 << 9,
    /// Newer versions have this number, which older programs overwrite.
    version_97 = 106,
    header_kinds = 6,
};

struct doc doc;

/// Where the lengths of the stories, and the list of parts, begin in the information block.
static size_t lengths_at, parts_at, part_count;

static void read_information(void) {
    size_t words = view_u16(doc.word, 32), numbers = view_u16(doc.word, 34 + words * 2);
    lengths_at = 36 + words * 2;
    parts_at = lengths_at + numbers * 4 + 2;
    part_count = view_u16(doc.word, parts_at - 2);
}

struct view doc_part(enum doc_part part) {
    if (part >= part_count) return (struct view){0};
    size_t at = parts_at + (size_t)part * 8;
    return view_part(doc.table, view_u32(doc.word, at), view_u32(doc.word, at + 4));
}

size_t doc_part_end(enum doc_part part) {
    size_t at = parts_at + (size_t)part * 8;
    return (size_t)view_u32(doc.word, at) + view_u32(doc.word, at + 4);
}

/// Number of characters that the document declares for a story.
static uint32_t declared_length(enum doc_story story) {
    uint32_t length = view_u32(doc.word, lengths_at + 12 + story * 4);
    return length > INT32_MAX ? 0 : length;
}

struct range doc_story(enum doc_story story) {
    uint64_t start = 0;
    for (enum doc_story i = 0; i < story; i++) start += declared_length(i);
    uint64_t end = start + declared_length(story);
    if (end > characters.count) end = characters.count;
    return (struct range){(uint32_t)(start < end ? start : end), (uint32_t)end};
}

static void open_streams(void) {
    static struct buffer word, table, data;
    if (!compound_read_named(COMPOUND_ROOT, "WordDocument", &word)) {
        fail(FAILURE_MALFORMED, "the document has no text stream");
    }
    doc.word = view_of(&word);
    unsigned flags = view_u16(doc.word, 10), version = view_u16(doc.word, 2);
    if (version < version_97) {
        fail(FAILURE_UNSUPPORTED_TYPE, "the document is of Word 95 or older");
    }
    if (flags & FLAG_ENCRYPTED) fail(FAILURE_ENCRYPTED, "the document is encrypted");
    if (!compound_read_named(COMPOUND_ROOT, flags & FLAG_TABLE_1 ? "1Table" : "0Table", &table)) {
        fail(FAILURE_MALFORMED, "the document has no table stream");
    }
    compound_read_named(COMPOUND_ROOT, "Data", &data);
    doc.table = view_of(&table);
    doc.data = view_of(&data);
}

/// Writes the headers, or footers, of all sections, each line once.
static void write_headers(bool footers) {
    static const bool is_footer[header_kinds] = {false, false, true, true, false, true};
    struct view positions = doc_part(DOC_HEADER_TEXTS);
    struct range story = doc_story(STORY_HEADERS);
    uint64_t free = story.start;
    // The first six texts separate footnotes from the page.
    for (size_t i = header_kinds; i + 1 < positions.length / 4; i++) {
        uint64_t start = story.start + (uint64_t)view_u32(positions, i * 4);
        uint64_t end = story.start + (uint64_t)view_u32(positions, i * 4 + 4);
        if (start < free) start = free;
        if (end > story.end) end = story.end;
        if (start >= end) continue;
        free = end;
        if (is_footer[i % header_kinds] != footers) continue;
        struct buffer text = {0};
        doc_append((struct range){(uint32_t)start, (uint32_t)end}, &text);
        running_text_write(&text);
        buffer_free(&text);
    }
}

void parse_doc(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    compound_open(document);
    open_streams();
    read_information();
    uint64_t expected = 0;
    for (enum doc_story i = 0; i < STORY_COUNT; i++) expected += declared_length(i);
    doc_styles_read();
    doc_pieces_read((uint32_t)(expected < UINT32_MAX ? expected : UINT32_MAX));
    doc_lists_read();
    for (enum doc_story i = 0; i < STORY_COUNT; i++) {
        doc_fields_mark(doc_story(i), i == STORY_HEADERS);
    }
    doc_notes_read();
    write_headers(false);
    write_headers(true);
    doc_write(doc_story(STORY_MAIN));
    struct note box;
    while (doc_text_box_left(&box)) doc_write(box.text);
    embedded_files(compound_find(COMPOUND_ROOT, "ObjectPool"), "_");
}
