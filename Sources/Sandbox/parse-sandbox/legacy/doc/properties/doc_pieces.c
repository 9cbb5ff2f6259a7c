#include "doc_pieces.h"

#include <string.h>

#include "doc.h"
#include "failure.h"
#include "report.h"
#include "doc_runs.h"
#include "doc_sprms.h"
#include "doc_styles.h"

enum { mark_of_properties = 1, mark_of_pieces = 2, prm_is_list = 1 };

struct characters characters;

/// The table of pieces: positions, then descriptors of 8 bytes.
static struct view table;
static size_t piece_count;
static struct runs runs;
/// Lists of property changes that pieces refer to.
static struct view *changes;
static size_t change_count;

static uint32_t piece_start(size_t piece) { return view_u32(table, piece * 4); }

static size_t descriptor(size_t piece) { return (piece_count + 1) * 4 + piece * 8; }

/// Whether the piece has one byte a character.
static bool is_narrow(size_t piece) {
    return view_u32(table, descriptor(piece) + 2) & 1u << 30;
}

static uint32_t piece_byte(size_t piece) {
    uint32_t at = view_u32(table, descriptor(piece) + 2) & ((1u << 30) - 1);
    return is_narrow(piece) ? at / 2 : at;
}

static size_t piece_of(uint32_t position) {
    size_t low = 0, high = piece_count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (piece_start(middle) <= position) low = middle;
        else high = middle;
    }
    return low;
}

uint32_t byte_of_character(uint32_t position) {
    size_t piece = piece_of(position);
    uint32_t offset = position - piece_start(piece);
    return piece_byte(piece) + (is_narrow(piece) ? offset : offset * 2);
}

/// Bytes 0x80 to 0x9f of Windows-1252.
static const uint16_t windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

/// Reads the characters of one piece. Returns false if the file ends before.
static bool read_piece(size_t piece, uint32_t end) {
    uint32_t byte = piece_byte(piece);
    bool narrow = is_narrow(piece);
    for (uint32_t at = piece_start(piece); at < end; at++) {
        if (byte >= doc.word.length) return false;
        uint16_t unit = narrow ? view_u8(doc.word, byte) : view_u16(doc.word, byte);
        if (narrow && unit >= 0x80 && unit < 0xa0) unit = windows_1252[unit - 0x80];
        characters.units[characters.count++] = unit;
        byte += narrow ? 1 : 2;
    }
    return true;
}

static unsigned flags_of(struct view list) {
    unsigned flags = 0;
    struct sprm sprm;
    for (size_t at = 0; sprm_next(list, &at, &sprm);) {
        unsigned value = view_u8(sprm.operand, 0);
        switch (sprm.code) {
        case SPRM_DELETED: if (value & 1) flags |= CHARACTER_DELETED; break;
        case SPRM_HIDDEN:
            // 0x80 is the value of the style, which has been applied; 0x81 is its opposite.
            if (value == 0x81) flags ^= CHARACTER_HIDDEN;
            else if (value == 1) flags |= CHARACTER_HIDDEN;
            else if (value == 0) flags &= ~(unsigned)CHARACTER_HIDDEN;
            break;
        case SPRM_CHARACTER_STYLE:
            if (doc_style_is_hidden(view_u16(sprm.operand, 0))) flags |= CHARACTER_HIDDEN;
            break;
        case SPRM_SYMBOL: flags |= CHARACTER_SYMBOL; break;
        case SPRM_SCRIPT:
            flags &= ~(unsigned)(CHARACTER_RAISED | CHARACTER_LOWERED);
            flags |= value == 1 ? CHARACTER_RAISED : value == 2 ? CHARACTER_LOWERED : 0;
            break;
        }
    }
    return flags;
}

/// Sets the flags of one piece's characters, run by run.
static void flag_piece(size_t piece, uint32_t end) {
    uint32_t start = piece_start(piece), byte = piece_byte(piece), at = start;
    unsigned width = is_narrow(piece) ? 1 : 2, of_piece = flags_of(piece_properties(start));
    uint64_t byte_end = byte + (uint64_t)(end - start) * width;
    memset(characters.flags + start, (int)of_piece, end - start);
    for (size_t i = run_at(&runs, byte); i < runs.count; i++) {
        const struct run *run = &runs.runs[i];
        if (run->start >= byte_end) return;
        uint32_t first = run->start > byte ? start + (run->start - byte) / width : start;
        uint32_t stop = run->end < byte_end ? start + (run->end - byte + width - 1) / width : end;
        if (first < at) first = at;
        if (stop <= first) continue;
        unsigned flags = of_piece | flags_of(run_properties(run));
        memset(characters.flags + first, (int)flags, stop - first);
        at = stop;
    }
}

/// Finds the table of pieces behind lists of property changes.
static void find_table(void) {
    struct view parts = doc_part(DOC_PIECES);
    size_t at = 0, capacity = 0;
    for (; view_u8(parts, at) == mark_of_properties; at += 3 + view_u16(parts, at + 1)) {
        if (change_count == capacity) {
            capacity = capacity * 2 + 64;
            changes = checked_realloc(changes, capacity, sizeof *changes);
        }
        changes[change_count++] = view_part(parts, at + 3, view_u16(parts, at + 1));
    }
    if (view_u8(parts, at) != mark_of_pieces) {
        fail(FAILURE_MALFORMED, "the document has no table of its text");
    }
    table = view_part(parts, at + 5, view_u32(parts, at + 1));
    piece_count = table.length < 4 ? 0 : (table.length - 4) / 12;
}

struct view piece_properties(uint32_t position) {
    if (!piece_count) return (struct view){0};
    uint16_t change = view_u16(table, descriptor(piece_of(position)) + 6);
    bool is_known = change & prm_is_list && change >> 1 < change_count;
    return is_known ? changes[change >> 1] : (struct view){0};
}

struct view character_properties(uint32_t position) {
    uint32_t byte = byte_of_character(position);
    size_t run = run_at(&runs, byte);
    bool covers = run < runs.count && runs.runs[run].start <= byte;
    return covers ? run_properties(&runs.runs[run]) : (struct view){0};
}

void doc_pieces_read(uint32_t expected) {
    find_table();
    if (expected > doc.word.length) {
        fail(FAILURE_MALFORMED, "the document has more characters than bytes");
    }
    characters.units = checked_realloc(NULL, expected, sizeof *characters.units);
    characters.flags = checked_realloc(NULL, expected, sizeof *characters.flags);
    memset(characters.flags, 0, expected);
    runs = character_runs();
    bool is_whole = true;
    for (size_t i = 0; i < piece_count && is_whole; i++) {
        uint32_t end = piece_start(i + 1);
        if (end > expected) end = expected;
        if (piece_start(i) != characters.count) break;
        if (end < characters.count) break;
        is_whole = read_piece(i, end);
        flag_piece(i, characters.count);
    }
    if (characters.count < expected) report_warning(WARNING_PAGE_UNREADABLE, 0);
}
