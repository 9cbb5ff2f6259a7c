#include "xml_entities.h"

#include <libxml/HTMLparser.h>

#include "buffer.h"

const char *xml_entity_text(const char *name) {
    static struct buffer text;
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    buffer_clear(&text);
    buffer_scalar(&text, entity ? entity->value : 0xfffd);
    return buffer_cstring(&text);
}
