// The parts of a block's text that Markdown and HTML read alike.
#pragma once

#include "buffer.h"
#include "html_tokens.h"

/// Appends the address of a link, in brackets, if it leads to another site or is an e-mail address,
/// and if the text of the link, from `start` on, does not show it.
void html_append_address(struct buffer *text, size_t start, struct html_slice href);
