// The directory of a compound file. Each storage has a tree of entries, which is read as a list.
#pragma once

#include "view.h"

enum directory_kind { DIRECTORY_STORAGE = 1, DIRECTORY_STREAM = 2, DIRECTORY_ROOT = 5 };

struct directory_entry {
    enum directory_kind kind;
    uint32_t sector;
    uint64_t size;
};

/// Uses the bytes of the directory. Fails with `malformed` if its trees have loops.
void directory_open(struct buffer bytes);
struct directory_entry directory_entry(uint32_t entry);
