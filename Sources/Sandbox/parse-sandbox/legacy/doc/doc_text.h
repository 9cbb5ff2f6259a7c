// The text of a story: characters become paragraphs, with their notes, links and tables.
#pragma once

#include "doc.h"

/// Writes the paragraphs and tables of a text as blocks.
void doc_write(struct range text);
/// Appends the text's paragraphs, each with a line break.
void doc_append(struct range text, struct buffer *target);
