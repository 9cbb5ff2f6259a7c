// Forks a process per document. Loading and linking this program takes ten times as long as a
// small document, so it is done once.
#pragma once

#include "formats.h"

typedef void parser(struct buffer *document, struct pages *pages);

/// Accepts documents from the socket on stdin until its other end closes, which ends all children.
///
/// A request is a message with the name of a format and four descriptors: the document, its text,
/// its report, and a line to the client. The server sends the child's wait status on the line, or
/// -1 if no child could be started. It kills the child when the client closes its side of the line.
void serve(parser *parser_named(const char *format), void parse(parser *parser));
