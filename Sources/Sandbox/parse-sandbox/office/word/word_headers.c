// Headers and footers of a DOCX: those of each section, of first pages and of even pages.
#include <stdlib.h>
#include <string.h>

#include "running_text.h"
#include "word.h"

enum { parts_max = 1000 };

static struct buffer *target;

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)name;
    if (event == XML_START) word_blocks(archive_take(reader), target);
}

static void read_part(const char *part) {
    struct relations relations = relations_of(part);
    struct buffer text = {0};
    word_relations = &relations;
    target = &text;
    word_fields_reset();
    archive_walk(part, visit);
    running_text_write(&text);
    word_relations = NULL;
    buffer_free(&text);
    relations_free(&relations);
}

/// Orders header2.xml before header10.xml.
static int compare(const void *left, const void *right) {
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    size_t length = strlen(a), other = strlen(b);
    return length == other ? strcmp(a, b) : length < other ? -1 : 1;
}

void word_headers_write(const struct relations *parts) {
    static const char *const types[] = {"header", "footer"};
    const char *names[parts_max];
    word_is_running = true;
    for (int i = 0; i < 2; i++) {
        size_t count = 0;
        for (size_t j = 0; j < parts->count && count < parts_max; j++) {
            const struct relation *part = &parts->items[j];
            if (!part->is_external && !strcmp(part->type, types[i])) names[count++] = part->target;
        }
        qsort(names, count, sizeof *names, compare);
        for (size_t j = 0; j < count; j++) read_part(names[j]);
    }
    word_is_running = false;
}
