#include "html_elements.h"

#include <string.h>

static const struct { const char *name; unsigned char length, traits; } elements[] = {
#define X(name, traits) {#name, sizeof #name - 1, traits},
    HTML_ELEMENTS(X)
#undef X
};

enum { name_bytes_max = 10, slots = 1024 };

/// A hash table of the names, filled at its first use.
static unsigned char by_hash[slots];

static uint32_t hash(const char *name, size_t length) {
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        value = (value ^ (unsigned char)(name[i] | 0x20)) * 16777619u;
    }
    return value ^ value >> 15;
}

static void fill(void) {
    for (unsigned char i = 1; i < HTML_ELEMENT_COUNT; i++) {
        uint32_t slot = hash(elements[i].name, elements[i].length);
        while (by_hash[slot % slots]) slot++;
        by_hash[slot % slots] = i;
    }
}

enum html_element html_element_named(const char *name, size_t length) {
    static bool is_filled;
    if (!is_filled) fill();
    is_filled = true;
    if (length > name_bytes_max) return HTML_any;
    for (uint32_t slot = hash(name, length); by_hash[slot % slots]; slot++) {
        unsigned char found = by_hash[slot % slots];
        bool matches = elements[found].length == length &&
            !strncasecmp(elements[found].name, name, length);
        if (matches) return found;
    }
    return HTML_any;
}

unsigned html_traits(enum html_element element) { return elements[element].traits; }

int html_heading_level(enum html_element element) {
    return element >= HTML_h1 && element <= HTML_h6 ? element - HTML_h1 + 1 : 0;
}
