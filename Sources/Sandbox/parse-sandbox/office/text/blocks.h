// Writes the paragraphs of office documents by the writer.
#pragma once

#include "paragraph.h"

/// Writes a paragraph as a heading, an item, a line of code or text. Lines of code that follow each
/// other become one block.
void block_write(struct paragraph *paragraph);
/// Appends a paragraph with its number to the text of a cell, note or comment.
void block_append(struct buffer *target, struct paragraph *paragraph);
/// Writes the code that waits for further lines. Must precede what is written otherwise.
void blocks_flush(void);
