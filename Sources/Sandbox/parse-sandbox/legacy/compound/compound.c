// Sectors, sector chains and streams. compound_directory.c has the names.
#include "compound.h"

#include "compound_directory.h"
#include "failure.h"
#include "report.h"
#include "run_limits.h"

enum {
    header_bytes = 512,
    header_chain_entries = 109,
    mini_shift = 6,
    /// Shorter streams are in the mini stream.
    mini_stream_below = 4096,
    /// Values of a sector number above this one are marks, such as the end of a chain.
    sector_number_max = 0xfffffffa,
};

/// A space of equal sectors, and the table that chains them.
struct sectors {
    struct view space;
    /// Of the sector with the number 0.
    size_t start;
    unsigned shift;
    struct view chains;
};

static struct view file;
static struct sectors normal, mini;
static struct buffer chain_table, mini_chain_table, mini_stream;
static bool mini_is_read;
static size_t bytes_read;

/// The bytes of a sector; shorter than a sector at the end of a cut file.
static struct view sector_at(const struct sectors *sectors, uint32_t number) {
    size_t at = sectors->start + ((size_t)number << sectors->shift);
    return view_part(sectors->space, at, (size_t)1 << sectors->shift);
}

/// Appends at most `size` bytes of a chain. Returns false if it ends or breaks before that.
static bool read_chain(const struct sectors *sectors, uint32_t number, uint64_t size,
                       struct buffer *bytes) {
    size_t steps = (sectors->space.length >> sectors->shift) + 1;
    while (size && number <= sector_number_max) {
        if (!steps--) fail(FAILURE_MALFORMED, "a sector chain of the file never ends");
        struct view sector = sector_at(sectors, number);
        size_t count = sector.length < size ? sector.length : (size_t)size;
        bytes_read += count;
        if (bytes_read > limits.unpacked_bytes) {
            fail(FAILURE_TOO_LARGE, "the streams of the file exceed the limit");
        }
        buffer_append(bytes, sector.bytes, count);
        size -= count;
        if (count < (size_t)1 << sectors->shift && size) return false;
        if (!view_has(sectors->chains, (size_t)number * 4, 4)) return !size;
        number = view_u32(sectors->chains, (size_t)number * 4);
    }
    return size == 0;
}

/// Reads the table of chains, whose own sectors are listed in the header and in further sectors.
static void read_chain_table(void) {
    for (size_t i = 0; i < header_chain_entries; i++) {
        uint32_t number = view_u32(file, 76 + i * 4);
        if (number > sector_number_max) continue;
        struct view sector = sector_at(&normal, number);
        buffer_append(&chain_table, sector.bytes, sector.length);
    }
    size_t entries = ((size_t)1 << normal.shift) / 4 - 1, steps = file.length >> normal.shift;
    uint32_t next = view_u32(file, 68);
    for (; next <= sector_number_max && steps; steps--) {
        struct view list = sector_at(&normal, next);
        for (size_t i = 0; i < entries; i++) {
            uint32_t number = view_u32(list, i * 4);
            if (number > sector_number_max || !list.length) continue;
            struct view sector = sector_at(&normal, number);
            buffer_append(&chain_table, sector.bytes, sector.length);
            // More entries than the file has sectors: the lists repeat.
            if (chain_table.length / 4 > (file.length >> normal.shift) * 2 + 4096) {
                fail(FAILURE_MALFORMED, "the file's table of sectors repeats");
            }
        }
        next = list.length ? view_u32(list, entries * 4) : COMPOUND_NONE;
    }
    if (next <= sector_number_max) fail(FAILURE_MALFORMED, "a sector chain of the file never ends");
    normal.chains = view_of(&chain_table);
}

void compound_open(const struct buffer *document) {
    file = view_of(document);
    unsigned shift = view_u16(file, 30);
    bool is_compound = view_u64(file, 0) == 0xe11ab1a1e011cfd0;
    if (!is_compound || shift < 7 || shift > 16) {
        fail(FAILURE_MALFORMED, "the document is not a compound file");
    }
    size_t start = (size_t)1 << shift;
    normal = (struct sectors){
        .space = file, .shift = shift, .start = start < header_bytes ? header_bytes : start};
    read_chain_table();
    struct buffer directory = {0};
    read_chain(&normal, view_u32(file, 48), file.length, &directory);
    directory_open(directory);
}

/// Reads the mini stream, which is the stream of the root entry.
static void read_mini(void) {
    mini_is_read = true;
    read_chain(&normal, view_u32(file, 60), file.length, &mini_chain_table);
    struct directory_entry root = directory_entry(COMPOUND_ROOT);
    uint64_t size = root.size < file.length ? root.size : file.length;
    read_chain(&normal, root.sector, size, &mini_stream);
    mini = (struct sectors){.space = view_of(&mini_stream), .shift = mini_shift,
                            .chains = view_of(&mini_chain_table)};
}

void compound_read(uint32_t entry, struct buffer *bytes) {
    struct directory_entry stream = directory_entry(entry);
    if (stream.kind != DIRECTORY_STREAM) return;
    // Files with short sectors have 32 bits of size; the others may be anything.
    if (normal.shift == 9) stream.size = (uint32_t)stream.size;
    bool is_mini = stream.size < mini_stream_below;
    if (is_mini && !mini_is_read) read_mini();
    if (!read_chain(is_mini ? &mini : &normal, stream.sector, stream.size, bytes)) {
        report_warning(WARNING_PAGE_UNREADABLE, 0);
    }
}

bool compound_read_named(uint32_t storage, const char *name, struct buffer *bytes) {
    uint32_t entry = compound_find(storage, name);
    if (entry == COMPOUND_NONE) return false;
    compound_read(entry, bytes);
    return true;
}
