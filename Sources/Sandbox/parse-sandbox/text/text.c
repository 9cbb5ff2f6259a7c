// Plain text is decoded and otherwise unchanged.
#include "encoding.h"
#include "formats.h"
#include "writer.h"

void parse_text(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    decode_text(document, NULL);
    write_verbatim(document->bytes, document->length);
}
