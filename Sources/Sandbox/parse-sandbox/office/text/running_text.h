// Headers and footers: text that each page of a document repeats.
#pragma once

#include "buffer.h"

/// Stands for a page number in running text.
#define RUNNING_PAGE_MARK "\x01"

/// Writes each line that has not been written before, without page numbers and the words around
/// them, such as "Page 3 of 5".
void running_text_write(struct buffer *text);
