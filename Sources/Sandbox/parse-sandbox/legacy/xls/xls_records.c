#include "xls_records.h"

#include "code_page.h"

enum { STRING_WIDE = 1, STRING_HAS_PHONETICS = 4, STRING_HAS_RUNS = 8, run_bytes = 4 };

struct workbook workbook;

bool record_at(size_t at, struct record *record) {
    if (!view_has(workbook.stream, at, 4)) return false;
    size_t length = view_u16(workbook.stream, at + 2);
    *record = (struct record){
        .code = view_u16(workbook.stream, at), .at = at, .next = at + 4 + length,
        .data = view_part(workbook.stream, at + 4, length)};
    return true;
}

struct record_reader reader_of(const struct record *record, size_t at) {
    size_t start = record->at + 4, length = record->data.length;
    return (struct record_reader){start + (at < length ? at : length), start + length};
}

void reader_continue(struct record_reader *reader) {
    struct record next;
    if (!record_at(reader->end, &next) || next.code != RECORD_CONTINUE) {
        reader->at = reader->end;
        return;
    }
    reader->at = next.at + 4;
    reader->end = reader->at + next.data.length;
}

bool reader_is_at_end(struct record_reader *reader) {
    // Records that continue may be empty.
    while (reader->at >= reader->end) {
        size_t end = reader->end;
        reader_continue(reader);
        if (reader->end == end) return true;
    }
    return false;
}

uint8_t reader_u8(struct record_reader *reader) {
    return reader_is_at_end(reader) ? 0 : view_u8(workbook.stream, reader->at++);
}

uint16_t reader_u16(struct record_reader *reader) {
    unsigned low = reader_u8(reader), high = reader_u8(reader);
    return (uint16_t)(low | high << 8);
}

uint32_t reader_u32(struct record_reader *reader) {
    uint32_t low = reader_u16(reader), high = reader_u16(reader);
    return low | high << 16;
}

void reader_skip(struct record_reader *reader, size_t count) {
    while (count && !reader_is_at_end(reader)) {
        size_t left = reader->end - reader->at, step = left < count ? left : count;
        reader->at += step;
        count -= step;
    }
}

static void read_units(struct record_reader *reader, unsigned form, size_t count,
                       struct buffer *text) {
    while (count) {
        unsigned width = form & STRING_WIDE ? 2 : 1;
        size_t here = (reader->end - reader->at) / width;
        if (here > count) here = count;
        struct view units = view_part(workbook.stream, reader->at, here * width);
        if (width == 2) append_utf16(text, units);
        else append_latin1(text, units);
        count -= here;
        reader->at += here * width;
        if (!count) return;
        size_t end = reader->end;
        reader_continue(reader);
        if (reader->end == end) return;
        form = reader_u8(reader);
    }
}

void reader_characters(struct record_reader *reader, size_t count, struct buffer *text) {
    unsigned form = reader_u8(reader);
    read_units(reader, form, count, text);
}

void reader_string(struct record_reader *reader, size_t count, struct buffer *text) {
    if (!workbook.is_unicode) {
        size_t left = reader->end - reader->at;
        struct view bytes = view_part(workbook.stream, reader->at, count < left ? count : left);
        append_code_page(text, bytes, workbook.code_page);
        reader->at += bytes.length;
        return;
    }
    unsigned form = reader_u8(reader);
    size_t runs = form & STRING_HAS_RUNS ? reader_u16(reader) : 0;
    size_t phonetics = form & STRING_HAS_PHONETICS ? reader_u32(reader) : 0;
    read_units(reader, form, count, text);
    reader_skip(reader, runs * run_bytes + phonetics);
}
