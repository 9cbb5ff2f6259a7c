// Attributes of the element at which a walk is.
#include <stdlib.h>
#include <string.h>

#include "archive.h"

const char *xml_attribute(xmlTextReaderPtr reader, const char *name) {
    const char *value = NULL;
    for (int next = xmlTextReaderMoveToFirstAttribute(reader); next == 1;
         next = xmlTextReaderMoveToNextAttribute(reader)) {
        if (strcmp((const char *)xmlTextReaderConstLocalName(reader), name)) continue;
        value = (const char *)xmlTextReaderConstValue(reader);
        break;
    }
    if (!value) {
        xmlTextReaderMoveToElement(reader);
        return NULL;
    }
    // The value is valid only at the current node, so it is copied before the move back.
    static char kept[4][512];
    static unsigned turn;
    char *copy = kept[turn++ % 4];
    size_t length = strnlen(value, sizeof kept[0] - 1);
    memcpy(copy, value, length);
    copy[length] = 0;
    xmlTextReaderMoveToElement(reader);
    return copy;
}

long xml_number(xmlTextReaderPtr reader, const char *name, long otherwise) {
    const char *value = xml_attribute(reader, name);
    if (!value) return otherwise;
    char *end;
    long number = strtol(value, &end, 10);
    return end == value ? otherwise : number;
}

bool xml_is_on(xmlTextReaderPtr reader) {
    const char *value = xml_attribute(reader, "val");
    return !value || (strcmp(value, "0") && strcmp(value, "false") && strcmp(value, "off"));
}
