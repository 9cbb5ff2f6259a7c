// Character encodings: whatever a text document comes in, it goes on as UTF-8.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/// Turns text into UTF-8 in place. The order of trust: byte order mark, NUL pattern of UTF-16,
/// UTF-8 if valid, `declared` (may be NULL), detection, Windows-1252. Leaves a NUL behind the end.
void decode_text(struct buffer *text, const char *declared);

/// Decodes one scalar at `at` and sets its length; -1 (length 1) for an invalid sequence.
int32_t utf8_scalar(const char *at, const char *end, size_t *length);
