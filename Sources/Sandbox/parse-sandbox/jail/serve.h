// A process for each document, by forking: loading and linking this program costs ten times what
// a small document does, so it is done once.
#pragma once

#include "formats.h"

typedef void parser(struct buffer *document, struct pages *pages);

/// Takes documents from the socket on stdin until its other end closes, which ends all children.
///
/// A request is a message with the name of a format and four descriptors: the document, where its
/// text goes, where the report goes, and a line to the client. The line brings the wait status of
/// the child, or -1 when there is none; when the client closes its side of it, the child is killed.
void serve(parser *parser_named(const char *format), void parse(parser *parser));
