// The package of an EPUB: its metadata, the order of its chapters, and their titles.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

struct epub_item {
    char *id, *path;
    /// The title in the table of contents; NULL if it has none.
    char *title;
    bool is_page, is_navigation;
};

struct epub_package {
    struct buffer title, authors, language;
    struct epub_item *items;
    size_t count;
    /// The items in the order of reading, as indexes.
    size_t *order;
    size_t order_count;
};

/// Reads the package of the open archive. Fails if it is damaged or encrypted.
void epub_open(struct epub_package *package);
