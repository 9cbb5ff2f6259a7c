// The last step of every format. All text on stdout has this form.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Converts text to valid UTF-8 in NFC with LF line ends. Drops controls other than TAB, LF and FF,
/// escape sequences of terminals, trailing blanks, and blank lines after the second in a row.
struct buffer normalise(const struct buffer *text);

/// Whether there is text to read. A scanned PDF has only page breaks.
bool has_words(const struct buffer *text);
