// Raised and lowered text: exponents, indices, marks of notes.
#pragma once

#include <stddef.h>

#include "buffer.h"

/// Raises the buffer's text from `start` on: `⁶` where Unicode has all of it, `^{n+k}` otherwise.
/// The ending of an ordinal (`1st`) and a mark in brackets (`[3]`) stay on the line.
void buffer_raise(struct buffer *buffer, size_t start);
/// Lowers it: `₂`, or `_{max}`.
void buffer_lower(struct buffer *buffer, size_t start);
