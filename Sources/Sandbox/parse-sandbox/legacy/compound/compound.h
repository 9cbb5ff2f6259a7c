// Compound files ([MS-CFB]): storages and streams in one file, the container of Office before 2007.
#pragma once

#include "view.h"

enum {
    COMPOUND_ROOT = 0,
    /// No entry.
    COMPOUND_NONE = UINT32_MAX,
};

/// Opens the document as a compound file. Fails with `malformed` for anything else. A process has
/// one compound file, so the reader's state is global.
void compound_open(const struct buffer *document);

/// The entry of that name in a storage, in any letter case; COMPOUND_NONE if there is none.
uint32_t compound_find(uint32_t storage, const char *name);

/// The entries of a storage: the first, and the one after `entry`; COMPOUND_NONE at the end.
uint32_t compound_first(uint32_t storage);
uint32_t compound_next(uint32_t entry);

/// Whether the entry's name begins with `prefix`, in any letter case.
bool compound_has_prefix(uint32_t entry, const char *prefix);

/// Appends the stream's bytes. A stream whose sectors are missing is cut there, with a warning.
/// All streams together are at most `limits.unpacked_bytes`, so that no stream is read too often.
void compound_read(uint32_t entry, struct buffer *bytes);

/// Reads a stream of the storage by its name; false if there is none.
bool compound_read_named(uint32_t storage, const char *name, struct buffer *bytes);
