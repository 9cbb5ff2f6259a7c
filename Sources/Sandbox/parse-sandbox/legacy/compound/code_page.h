// Text in a code page, as Windows numbers them.
#pragma once

#include "view.h"

/// Appends text in a code page as UTF-8; bytes without a meaning become U+FFFD. An unknown code
/// page is read as Windows-1252.
void append_code_page(struct buffer *target, struct view text, unsigned code_page);

/// Appends UTF-16LE text.
void append_utf16(struct buffer *target, struct view text);

/// Appends units that each have one byte: U+0000 to U+00FF.
void append_latin1(struct buffer *target, struct view text);
