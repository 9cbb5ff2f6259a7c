// Writes the text of an XML document, element by element.
#pragma once

#include <libxml/xmlreader.h>

void xml_text_start(xmlTextReaderPtr reader, const char *name);
void xml_text_end(void);
void xml_text_add(const char *text);
