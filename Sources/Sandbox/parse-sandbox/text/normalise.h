// The last step of every format: what goes to stdout always has this shape.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Makes text valid UTF-8 in NFC with LF line ends; drops controls other than TAB, LF and FF,
/// trailing blanks, and blank lines after the second in a row.
struct buffer normalise(const struct buffer *text);

/// Whether there is anything to read: a scanned PDF has only page breaks.
bool has_words(const struct buffer *text);
