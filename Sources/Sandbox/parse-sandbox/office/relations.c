// OOXML relationships: which parts contain a document's body, slides, sheets and notes.
#include <stdlib.h>
#include <string.h>

#include "archive.h"

enum { relations_max = 20000 };

static struct relations *reading;

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    bool fits = event == XML_START && !strcmp(name, "Relationship");
    if (!fits || reading->count == relations_max) return;
    const char *id = xml_attribute(reader, "Id");
    const char *type = xml_attribute(reader, "Type");
    const char *target = xml_attribute(reader, "Target");
    if (!id || !type || !target) return;
    const char *word = strrchr(type, '/');
    reading->items =
        checked_realloc(reading->items, reading->count + 1, sizeof *reading->items);
    reading->items[reading->count++] = (struct relation){
        .id = checked_copy(id),
        .type = checked_copy(word ? word + 1 : type),
        .target = checked_copy(target),
    };
}

/// Resolves "../notes/x.xml" against the folder of `part`, textually.
static char *resolve(const char *part, const char *target) {
    struct buffer name = {0};
    const char *slash = strrchr(part, '/');
    if (*target == '/') target++;
    else if (slash) buffer_append(&name, part, (size_t)(slash - part));
    while (*target) {
        size_t length = strcspn(target, "/");
        if (length == 2 && !memcmp(target, "..", 2)) {
            while (name.length && name.bytes[name.length - 1] != '/') name.length--;
            if (name.length) name.length--;
        } else if (length && !(length == 1 && *target == '.')) {
            if (name.length) buffer_byte(&name, '/');
            buffer_append(&name, target, length);
        }
        target += length + (target[length] == '/');
    }
    char *resolved = checked_copy(buffer_cstring(&name));
    buffer_free(&name);
    return resolved;
}

struct relations relations_of(const char *part) {
    struct relations relations = {0};
    struct buffer name = {0};
    const char *slash = strrchr(part, '/');
    if (slash) buffer_append(&name, part, (size_t)(slash + 1 - part));
    buffer_text(&name, "_rels/");
    buffer_text(&name, slash ? slash + 1 : part);
    buffer_text(&name, ".rels");
    reading = &relations;
    archive_walk(buffer_cstring(&name), visit);
    buffer_free(&name);
    for (size_t i = 0; i < relations.count; i++) {
        char *target = relations.items[i].target;
        relations.items[i].target = resolve(part, target);
        free(target);
    }
    return relations;
}

const char *relation_by_id(const struct relations *relations, const char *id) {
    for (size_t i = 0; id && i < relations->count; i++) {
        if (!strcmp(relations->items[i].id, id)) return relations->items[i].target;
    }
    return NULL;
}

const char *relation_by_type(const struct relations *relations, const char *type) {
    for (size_t i = 0; i < relations->count; i++) {
        if (!strcmp(relations->items[i].type, type)) return relations->items[i].target;
    }
    return NULL;
}

void relations_free(struct relations *relations) {
    for (size_t i = 0; i < relations->count; i++) {
        free(relations->items[i].id);
        free(relations->items[i].type);
        free(relations->items[i].target);
    }
    free(relations->items);
    *relations = (struct relations){0};
}
