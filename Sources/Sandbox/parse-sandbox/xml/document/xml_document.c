// XML documents in memory: DocBook, JATS, TEI, SVG, feeds and data.
#include <libxml/xmlreader.h>
#include <limits.h>
#include <string.h>

#include "encoding.h"
#include "failure.h"
#include "formats.h"
#include "report.h"
#include "writer.h"
#include "xml_entities.h"
#include "xml_guard.h"
#include "xml_text.h"

/// The encoding in the XML declaration; empty if there is none.
static void declared_encoding(const struct buffer *document, char name[40]) {
    char head[200];
    size_t length = document->length < sizeof head - 1 ? document->length : sizeof head - 1;
    memcpy(head, document->bytes, length);
    head[length] = 0;
    *name = 0;
    char *end = strstr(head, "?>");
    if (strncmp(head, "<?xml", 5) || !end) return;
    *end = 0;
    const char *found = strstr(head, "encoding");
    if (!found) return;
    found += strcspn(found, "\"'");
    length = *found ? strcspn(found + 1, "\"'") : 0;
    if (length >= 40) return;
    memcpy(name, found + (length > 0), length);
    name[length] = 0;
}

static void visit(xmlTextReaderPtr reader) {
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    switch (xmlTextReaderNodeType(reader)) {
    case XML_READER_TYPE_ELEMENT: {
        bool is_empty = xmlTextReaderIsEmptyElement(reader);
        xml_text_start(reader, name);
        if (is_empty) xml_text_end();
        break;
    }
    case XML_READER_TYPE_END_ELEMENT: xml_text_end(); break;
    case XML_READER_TYPE_TEXT: case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE: case XML_READER_TYPE_WHITESPACE:
        xml_text_add((const char *)xmlTextReaderConstValue(reader));
        break;
    case XML_READER_TYPE_ENTITY_REFERENCE: xml_text_add(xml_entity_text(name)); break;
    default: break;
    }
}

/// Passes the document through the parser, and its nodes to the text if `writes`. Returns false if
/// it is malformed.
static bool walk(const char *text, size_t length, bool writes) {
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT |
        XML_PARSE_IGNORE_ENC;
    xmlTextReaderPtr reader = xmlReaderForMemory(text, (int)length, NULL, "UTF-8", options);
    if (!reader) fail(FAILURE_TOO_LARGE, "the XML needs more memory than the limit");
    int more;
    while ((more = xmlTextReaderRead(reader)) == 1) {
        if (writes) visit(reader);
    }
    xmlFreeTextReader(reader);
    return more == 0;
}

void parse_xml(struct buffer *document, struct pages *pages) {
    char encoding[40];
    struct xml_guard guard = {0};
    pages->in_source = -1;
    declared_encoding(document, encoding);
    decode_text(document, encoding);
    size_t blanks = strspn(document->bytes, " \t\r\n");
    const char *text = document->bytes + blanks;
    size_t length = document->length - blanks;
    if (length > INT_MAX) fail(FAILURE_TOO_LARGE, "the document is larger than 2 GiB");
    // The encoding has been converted, so what the declaration says of it is not checked.
    const char *start = strncmp(text, "<?xml", 5) ? NULL : strstr(text, "?>");
    if (start) length -= (size_t)(start + 2 - text), text = start + 2;
    xml_guard_check(&guard, text, (int)length);
    if (walk(text, length, false)) {
        walk(text, length, true);
    } else {
        report_warning(WARNING_STRUCTURE_INVALID, 0);
        write_verbatim(document->bytes, document->length);
    }
}
