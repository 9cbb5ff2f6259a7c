// The records of a workbook (BIFF8 and BIFF5; [MS-XLS]) and the strings in them.
#pragma once

#include "view.h"

enum record_code {
    RECORD_FORMULA = 0x06,
    RECORD_END = 0x0a,
    RECORD_NOTE = 0x1c,
    RECORD_DATES_FROM_1904 = 0x22,
    RECORD_ENCRYPTION = 0x2f,
    RECORD_FONT = 0x31,
    RECORD_CONTINUE = 0x3c,
    RECORD_PANE = 0x41,
    RECORD_CODE_PAGE = 0x42,
    RECORD_OBJECT = 0x5d,
    RECORD_COLUMN = 0x7d,
    RECORD_SHEET = 0x85,
    RECORD_FILTER_IS_ACTIVE = 0x9b,
    RECORD_NUMBERS = 0xbd,
    RECORD_RICH_STRING = 0xd6,
    RECORD_STYLE = 0xe0,
    RECORD_MERGED_CELLS = 0xe5,
    RECORD_SHARED_STRINGS = 0xfc,
    RECORD_SHARED_STRING = 0xfd,
    RECORD_TEXT_OBJECT = 0x1b6,
    RECORD_LINK = 0x1b8,
    RECORD_NUMBER = 0x203,
    RECORD_LABEL = 0x204,
    RECORD_TRUTH_OR_ERROR = 0x205,
    RECORD_STRING = 0x207,
    RECORD_ROW = 0x208,
    RECORD_WINDOW = 0x23e,
    RECORD_SMALL_NUMBER = 0x27e,
    RECORD_FORMAT = 0x41e,
    RECORD_BEGIN = 0x809,
    RECORD_CHART_TEXT = 0x100d,
};

struct record {
    uint16_t code;
    struct view data;
    /// Where the record, and the one after it, begin in the stream.
    size_t at, next;
};

/// What applies to the whole workbook.
struct workbook {
    struct view stream;
    /// BIFF8, whose strings are Unicode.
    bool is_unicode;
    unsigned code_page;
};
extern struct workbook workbook;

/// The record at `at` of the stream; false at the end of the stream.
bool record_at(size_t at, struct record *record);

/// Reads bytes of a record and of the records that continue it.
struct record_reader {
    size_t at, end;
};
struct record_reader reader_of(const struct record *record, size_t at);
uint8_t reader_u8(struct record_reader *reader);
uint16_t reader_u16(struct record_reader *reader);
uint32_t reader_u32(struct record_reader *reader);
void reader_skip(struct record_reader *reader, size_t count);
/// Whether all bytes have been read.
bool reader_is_at_end(struct record_reader *reader);
/// Moves to the record that continues this one, whatever is left of this one.
void reader_continue(struct record_reader *reader);

/// Reads a string of `count` characters: its form, the characters, and what belongs to them. In
/// BIFF5, only the characters.
void reader_string(struct record_reader *reader, size_t count, struct buffer *text);
/// Reads `count` characters. Where a string continues in another record, its form is stored again.
void reader_characters(struct record_reader *reader, size_t count, struct buffer *text);
