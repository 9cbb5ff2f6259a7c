// Superscripts and subscripts in plain text: m², H₂O, 10⁻⁶; x^{ab} where Unicode has no character.
#pragma once

#include "buffer.h"

/// Appends text above (1) or below (-1) the baseline.
void append_script(struct buffer *target, const struct buffer *script, int position);
