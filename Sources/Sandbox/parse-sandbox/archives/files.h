// Archives of documents: the text is the list of the files.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Whether a file is part of the content, and neither hidden nor added by an operating system.
bool file_is_wanted(const char *path);
/// Adds a file to the list, and hands it over. Its path loses steps that leave the archive.
/// Archives inside archives are only listed, which bounds what one upload can become.
void file_add(const char *path, const void *bytes, size_t length);
/// Reports a file that cannot be handed over, such as a link.
void file_skip(void);
/// Fails if this is more than the entries that an archive may have.
void file_check_count(long count);

/// Whether the bytes begin with the header of an entry in a tar archive.
bool is_tar(const struct buffer *document);
/// Adds the files of a tar archive.
void tar_read(const struct buffer *document);
