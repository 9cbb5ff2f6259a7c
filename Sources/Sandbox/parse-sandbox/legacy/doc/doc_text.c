#include "doc_text.h"

#include <stdlib.h>

#include "blocks.h"
#include "code_page.h"
#include "doc_fields.h"
#include "doc_fonts.h"
#include "doc_lists.h"
#include "doc_notes.h"
#include "doc_pieces.h"
#include "doc_tables.h"
#include "running_text.h"
#include "writer.h"

enum {
    links_max = 64,
    UNIT_CELL_END = 0x07,
    UNIT_TAB = 0x09,
    UNIT_LINE_BREAK = 0x0b,
    UNIT_PAGE_BREAK = 0x0c,
    UNIT_PARAGRAPH_END = 0x0d,
    UNIT_COLUMN_BREAK = 0x0e,
    UNIT_FIELD_RESULT = 0x14,
    UNIT_FIELD_END = 0x15,
    UNIT_HYPHEN = 0x1e,
    UNIT_SYMBOL = 0x28,
};

/// A text that is being read.
struct reader {
    /// NULL: paragraphs become blocks.
    struct buffer *target;
    struct paragraph paragraph;
    struct buffer cell;
    /// Characters of the paragraph that are not part of it yet, and their place over the baseline.
    struct buffer run;
    int run_position;
    /// Where the results of the open fields began in the paragraph.
    size_t marks[links_max], mark_count;
    /// Text boxes of the paragraph, which follow it.
    struct range *boxes;
    size_t box_count, box_capacity;
};

static void add_box(struct reader *reader, struct range text) {
    if (reader->box_count == reader->box_capacity) {
        reader->box_capacity = reader->box_capacity * 2 + 8;
        reader->boxes =
            checked_realloc(reader->boxes, reader->box_capacity, sizeof *reader->boxes);
    }
    reader->boxes[reader->box_count++] = text;
}

/// The name of a comment's author, or else the initials.
static struct buffer author_of(const struct note *note) {
    struct view names = doc_part(DOC_COMMENT_AUTHORS);
    size_t at = 0;
    static const unsigned names_max = 1024;
    unsigned index = view_u16(note->author, 20);
    for (unsigned i = 0; i < index && i < names_max; i++) at += 2 + view_u16(names, at) * 2u;
    struct buffer author = {0};
    append_utf16(&author, view_part(names, at + 2, view_u16(names, at) * 2u));
    if (!author.length) {
        append_utf16(&author, view_part(note->author, 2, view_u16(note->author, 0) * 2u));
    }
    return author;
}

static void add_note(struct reader *reader, const struct note *note) {
    if (note->kind == NOTE_TEXT_BOX) {
        add_box(reader, note->text);
        return;
    }
    struct buffer text = {0};
    doc_append(note->text, &text);
    if (note->kind == NOTE_COMMENT) {
        struct buffer author = author_of(note);
        paragraph_comment(&reader->paragraph, buffer_cstring(&author), &text);
        buffer_free(&author);
    } else {
        paragraph_note(&reader->paragraph, &text);
    }
    buffer_free(&text);
}

static void flush_run(struct reader *reader) {
    if (!reader->run.length) return;
    paragraph_run(&reader->paragraph, buffer_cstring(&reader->run), reader->run_position);
    buffer_clear(&reader->run);
}

static void add_scalar(struct reader *reader, uint32_t scalar, unsigned flags) {
    int position = flags & CHARACTER_RAISED ? 1 : flags & CHARACTER_LOWERED ? -1 : 0;
    if (position != reader->run_position) flush_run(reader);
    reader->run_position = position;
    buffer_scalar(&reader->run, scalar);
}

/// Writes the paragraph's text boxes behind it.
static void end_boxes(struct reader *reader, struct buffer *target) {
    for (size_t i = 0; i < reader->box_count; i++) {
        if (target) doc_append(reader->boxes[i], target);
        else doc_write(reader->boxes[i]);
    }
    reader->box_count = 0;
}

/// Writes the table above, and text that was marked as part of it but is in no cell.
static void end_table(struct reader *reader) {
    doc_table_flush();
    write_paragraph(&reader->cell);
    buffer_clear(&reader->cell);
}

static void end_paragraph(struct reader *reader, uint32_t position, uint16_t unit) {
    struct paragraph_properties properties = paragraph_properties_at(position);
    struct paragraph *paragraph = &reader->paragraph;
    bool in_table = properties.table_depth && !reader->target;
    struct buffer *target = in_table ? &reader->cell : reader->target;
    flush_run(reader);
    paragraph->heading = properties.heading;
    bool is_hidden = characters.flags[position] & CHARACTER_HIDDEN && !paragraph->text.length;
    if (!is_hidden) doc_list_label(&properties, paragraph);
    if (!target) end_table(reader);
    if (target) block_append(target, paragraph);
    else block_write(paragraph);
    paragraph_clear(paragraph);
    end_boxes(reader, target);
    for (size_t i = 0; i < reader->mark_count; i++) reader->marks[i] = 0;
    if (in_table && unit == UNIT_CELL_END && properties.table_depth == 1) {
        if (properties.is_row_end) doc_table_row(&properties);
        else doc_table_cell(&reader->cell);
        buffer_clear(&reader->cell);
    }
}

static void begin_result(struct reader *reader) {
    flush_run(reader);
    if (reader->mark_count == links_max) return;
    reader->marks[reader->mark_count++] = paragraph_mark(&reader->paragraph);
}

static void end_result(struct reader *reader, uint32_t position) {
    flush_run(reader);
    const struct link *link = doc_link_ending_at(position);
    if (!reader->mark_count) return;
    size_t mark = reader->marks[--reader->mark_count];
    if (link) paragraph_link(&reader->paragraph, mark, link->target);
}

/// Reads a character. Returns the number of units that it has.
static uint32_t read_character(struct reader *reader, uint32_t at, uint32_t end) {
    uint16_t unit = characters.units[at], low = at + 1 < end ? characters.units[at + 1] : 0;
    unsigned flags = characters.flags[at];
    bool is_pair = (unit & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00;
    bool is_symbol = flags & CHARACTER_SYMBOL || (unit >= 0xf000 && unit <= 0xf0ff);
    switch (unit) {
    case UNIT_TAB: add_scalar(reader, '\t', flags); return 1;
    case UNIT_LINE_BREAK: case UNIT_COLUMN_BREAK: add_scalar(reader, '\n', 0); return 1;
    case UNIT_HYPHEN: add_scalar(reader, '-', flags); return 1;
    case UNIT_PAGE_NUMBER: add_scalar(reader, *RUNNING_PAGE_MARK, 0); return 1;
    case UNIT_FIELD_RESULT: begin_result(reader); return 1;
    case UNIT_FIELD_END: end_result(reader, at); return 1;
    case UNIT_CELL_END: case UNIT_PAGE_BREAK: case UNIT_PARAGRAPH_END:
        end_paragraph(reader, at, unit);
        return 1;
    }
    if (is_pair) {
        add_scalar(reader, 0x10000 + ((unit & 0x3ffu) << 10 | (low & 0x3ffu)), flags);
        return 2;
    }
    uint32_t scalar = is_symbol ? doc_symbol(at, unit) : unit;
    if (scalar >= ' ') add_scalar(reader, scalar, flags);
    return 1;
}

/// Whether an omitted mark ends the paragraph: a deleted one does not, a hidden one does.
static bool ends_paragraph(uint32_t at) {
    bool is_hidden = !(characters.flags[at] & (CHARACTER_DELETED | CHARACTER_FIELD_CODE));
    switch (characters.units[at]) {
    case UNIT_CELL_END: return true;
    case UNIT_PARAGRAPH_END: case UNIT_PAGE_BREAK: return is_hidden;
    }
    return false;
}

static void read_text(struct buffer *target, struct range text) {
    struct reader reader = {.target = target};
    struct range body = doc_story(STORY_MAIN);
    for (uint32_t at = text.start; at < text.end;) {
        struct note note;
        uint32_t units = 1;
        bool is_omitted = characters.flags[at] & CHARACTER_OMITTED;
        if (!is_omitted) units = read_character(&reader, at, text.end);
        else if (ends_paragraph(at)) end_paragraph(&reader, at, characters.units[at]);
        while (at < body.end && !is_omitted && doc_note_at(at, &note)) {
            flush_run(&reader);
            add_note(&reader, &note);
        }
        at += units;
    }
    // A text whose last mark is missing, or hidden.
    bool is_open = reader.run.length || reader.paragraph.text.length || reader.box_count ||
        reader.paragraph.asides.length;
    if (is_open) end_paragraph(&reader, text.end - 1, 0);
    if (!target) {
        end_table(&reader);
        blocks_flush();
    }
    paragraph_free(&reader.paragraph);
    buffer_free(&reader.cell);
    buffer_free(&reader.run);
    free(reader.boxes);
}

void doc_write(struct range text) { read_text(NULL, text); }

void doc_append(struct range text, struct buffer *target) { read_text(target, text); }
