// OOXML relationships: which parts contain a document's body, slides, sheets and notes.
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "tree.h"

enum { relations_max = 20000 };

static struct relations *reading;

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    bool fits = event == XML_START && !strcmp(name, "Relationship");
    if (!fits || reading->count == relations_max) return;
    const xmlNode *node = xmlTextReaderCurrentNode(reader);
    const char *id = node_attribute(node, "Id"), *type = node_attribute(node, "Type");
    const char *target = node_attribute(node, "Target");
    const char *mode = node_attribute(node, "TargetMode");
    if (!id || !type || !target) return;
    const char *word = strrchr(type, '/');
    if ((reading->count & (reading->count - 1)) == 0) {
        reading->items =
            checked_realloc(reading->items, reading->count * 2 + 1, sizeof *reading->items);
    }
    reading->items[reading->count++] = (struct relation){
        .id = checked_copy(id),
        .type = checked_copy(word ? word + 1 : type),
        .target = checked_copy(target),
        .is_external = mode && !strcasecmp(mode, "External"),
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

static int compare_ids(const void *left, const void *right) {
    const struct relation *a = *(const struct relation *const *)left;
    const struct relation *b = *(const struct relation *const *)right;
    return strcmp(a->id, b->id);
}

static void sort_by_id(struct relations *relations) {
    size_t count = relations->count;
    relations->by_id = checked_realloc(NULL, count, sizeof *relations->by_id);
    for (size_t i = 0; i < count; i++) relations->by_id[i] = &relations->items[i];
    qsort(relations->by_id, count, sizeof *relations->by_id, compare_ids);
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
        if (relations.items[i].is_external) continue;
        char *target = relations.items[i].target;
        relations.items[i].target = resolve(part, target);
        free(target);
    }
    sort_by_id(&relations);
    return relations;
}

static const struct relation *find(const struct relations *relations, const char *id) {
    size_t low = 0, high = relations->count;
    while (id && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(relations->by_id[middle]->id, id);
        if (!order) return relations->by_id[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const char *relation_by_id(const struct relations *relations, const char *id) {
    const struct relation *found = find(relations, id);
    return found && !found->is_external ? found->target : NULL;
}

const char *relation_link(const struct relations *relations, const char *id) {
    const struct relation *found = find(relations, id);
    return found && found->is_external ? found->target : NULL;
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
    free(relations->by_id);
    *relations = (struct relations){0};
}
