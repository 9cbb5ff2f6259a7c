#include "compound_directory.h"

#include <stdlib.h>
#include <string.h>

#include "compound.h"
#include "failure.h"

enum { entry_bytes = 128, name_bytes_max = 64 };

/// Links of an entry: the first of a storage, and the next of the same storage.
struct links {
    uint32_t first, next;
};

static struct buffer directory;
static struct links *links;
static uint32_t count;

static struct view raw(uint32_t entry) {
    return view_part(view_of(&directory), (size_t)entry * entry_bytes, entry_bytes);
}

struct directory_entry directory_entry(uint32_t entry) {
    struct view bytes = raw(entry);
    return (struct directory_entry){
        .kind = view_u8(bytes, 66), .sector = view_u32(bytes, 116), .size = view_u64(bytes, 120)};
}

/// Entries whose right neighbours have not been read, and storages that have not.
static struct stack {
    uint32_t *entries;
    size_t count, capacity;
} pending, storages;

static void push(struct stack *stack, uint32_t entry) {
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity * 2 + 64;
        stack->entries =
            checked_realloc(stack->entries, stack->capacity, sizeof *stack->entries);
    }
    stack->entries[stack->count++] = entry;
}

/// Puts the entries of one storage's tree into its list, sorted as the tree is. Every entry is in
/// one tree at most.
static void read_tree(uint32_t storage, bool *seen) {
    uint32_t last = COMPOUND_NONE, at = view_u32(raw(storage), 76);
    for (;;) {
        while (at < count && view_u8(raw(at), 66)) {
            if (seen[at]) fail(FAILURE_MALFORMED, "the directory of the file has a loop");
            seen[at] = true;
            push(&pending, at);
            at = view_u32(raw(at), 68);
        }
        if (!pending.count) return;
        uint32_t entry = pending.entries[--pending.count];
        if (last == COMPOUND_NONE) links[storage].first = entry;
        else links[last].next = entry;
        last = entry;
        if (view_u8(raw(entry), 66) == DIRECTORY_STORAGE) push(&storages, entry);
        at = view_u32(raw(entry), 72);
    }
}

void directory_open(struct buffer bytes) {
    directory = bytes;
    count = (uint32_t)(bytes.length / entry_bytes);
    if (!count) fail(FAILURE_MALFORMED, "the file has no directory");
    links = checked_realloc(NULL, count, sizeof *links);
    for (uint32_t i = 0; i < count; i++) links[i] = (struct links){COMPOUND_NONE, COMPOUND_NONE};
    bool *seen = checked_realloc(NULL, count, sizeof *seen);
    memset(seen, 0, count);
    seen[COMPOUND_ROOT] = true;
    push(&storages, COMPOUND_ROOT);
    while (storages.count) read_tree(storages.entries[--storages.count], seen);
    free(seen);
}

uint32_t compound_first(uint32_t storage) { return links[storage].first; }
uint32_t compound_next(uint32_t entry) { return links[entry].next; }

static unsigned lower(unsigned unit) { return unit >= 'A' && unit <= 'Z' ? unit | 0x20 : unit; }

/// The number of the entry's characters, without the final NUL.
static size_t name_length(uint32_t entry) {
    size_t bytes = view_u16(raw(entry), 64);
    return bytes >= 2 && bytes <= name_bytes_max ? bytes / 2 - 1 : 0;
}

bool compound_has_prefix(uint32_t entry, const char *prefix) {
    size_t length = name_length(entry);
    for (size_t i = 0; prefix[i]; i++) {
        if (i >= length) return false;
        if (lower(view_u16(raw(entry), i * 2)) != lower((unsigned char)prefix[i])) return false;
    }
    return true;
}

uint32_t compound_find(uint32_t storage, const char *name) {
    for (uint32_t i = compound_first(storage); i != COMPOUND_NONE; i = compound_next(i)) {
        if (name_length(i) == strlen(name) && compound_has_prefix(i, name)) return i;
    }
    return COMPOUND_NONE;
}
