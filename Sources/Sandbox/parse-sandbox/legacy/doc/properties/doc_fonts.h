// The table of fonts, for characters whose meaning depends on the font.
#pragma once

#include <stdint.h>

/// The meaning of a character of a symbol font, as a scalar; 0 if it has none.
uint32_t doc_symbol(uint32_t position, uint16_t unit);
