// Fonts whose characters are symbols: Symbol, Wingdings, Webdings.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

bool is_symbol_font(const char *font);
/// The Unicode scalar of a character of a symbol font; 0 if it is unknown, such as an ornament.
uint32_t symbol_scalar(const char *font, uint32_t code);
/// Appends text that is set in a symbol font, without unknown symbols.
void append_symbols(struct buffer *target, const char *font, const char *text);
