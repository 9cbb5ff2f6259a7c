#pragma once

#include "buffer.h"

/// The delimiter of a CSV document, or 0 if each line is one field.
char find_delimiter(const struct buffer *text);
