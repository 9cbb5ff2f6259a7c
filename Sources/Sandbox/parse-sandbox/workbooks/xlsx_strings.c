// The texts that cells share.
#include <string.h>

#include "xlsx_parts.h"

/// All texts, and the offset of each in the buffer.
static struct buffer strings;
static size_t *starts, count, capacity;
static int phonetic_depth;
static bool in_text;

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    (void)reader;
    if (event == XML_TEXT) {
        if (in_text && !phonetic_depth) buffer_text(&strings, name);
    } else if (!strcmp(name, "t")) {
        in_text = event == XML_START;
    } else if (!strcmp(name, "rPh")) {
        phonetic_depth += event == XML_START ? 1 : -1;
    } else if (!strcmp(name, "si") && event == XML_START) {
        if (count == capacity) {
            capacity = capacity * 2 + 1024;
            starts = checked_realloc(starts, capacity, sizeof *starts);
        }
        starts[count++] = strings.length;
    } else if (!strcmp(name, "si")) {
        buffer_byte(&strings, 0);
    }
}

void xlsx_read_strings(const char *part) { archive_walk(part, visit); }

const char *xlsx_string(unsigned long index) {
    return index < count ? strings.bytes + starts[index] : NULL;
}
