// The HTML elements that matter to a reader, by name.
#pragma once

#include <stdbool.h>

/// Whether the element's content is not shown as text.
bool html_is_skipped(const char *name);
/// Whether the element starts and ends a block.
bool html_is_block(const char *name);
/// The level of a heading, 1 to 6; 0 if the element is not one.
int html_heading_level(const char *name);
