// Character encodings: converts text documents to UTF-8.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/// Converts text to UTF-8 in place. Precedence: byte order mark, NUL pattern of UTF-16, UTF-8 if
/// valid, `declared` (may be NULL), detection, Windows-1252. Leaves a NUL after the end.
void decode_text(struct buffer *text, const char *declared);

/// Converts text to UTF-8 in place from exactly this charset. Returns false if it is unknown.
bool decode_as(struct buffer *text, const char *charset);
/// Converts text to UTF-8 in place from a charset that the document names, as a mail does.
/// Also decodes charsets whose bytes are all ASCII, such as UTF-7. Unknown ones are detected.
void decode_named(struct buffer *text, const char *charset);

/// The value of a hexadecimal digit; -1 if it is none.
int hex_digit(char c);

/// Decodes one scalar at `at` and sets its length. Returns -1 (length 1) for an invalid sequence.
int32_t utf8_scalar(const char *at, const char *end, size_t *length);
