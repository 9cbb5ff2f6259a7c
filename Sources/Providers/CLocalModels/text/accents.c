#include <stddef.h>

#include "CLocalModels.h"

typedef struct {
    uint32_t scalar;
    uint32_t parts[3]; // unused entries are 0
} decomposition;

static const decomposition decompositions[] = {
#include "decompositions.inc"
};

// Hangul syllables decompose arithmetically into two or three letters (Unicode 3.12).
enum { SYLLABLES = 0xAC00, SYLLABLE_COUNT = 11172, VOWELS = 21, TRAILS = 28 };
enum { LEAD = 0x1100, VOWEL = 0x1161, TRAIL = 0x11A7 };

static int split_hangul(uint32_t index, uint32_t parts[3]) {
    parts[0] = LEAD + index / (VOWELS * TRAILS);
    parts[1] = VOWEL + index / TRAILS % VOWELS;
    parts[2] = TRAIL + index % TRAILS;
    return index % TRAILS == 0 ? 2 : 3;
}

int text_strip_accents(uint32_t scalar, uint32_t parts[3]) {
    if (scalar - SYLLABLES < SYLLABLE_COUNT) return split_hangul(scalar - SYLLABLES, parts);
    size_t low = 0, high = sizeof decompositions / sizeof decompositions[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (decompositions[middle].scalar < scalar) low = middle + 1;
        else high = middle;
    }
    if (low == sizeof decompositions / sizeof decompositions[0]) return -1;
    const decomposition *found = &decompositions[low];
    if (found->scalar != scalar) return -1;
    int count = 0;
    for (; count < 3 && found->parts[count] != 0; count++) parts[count] = found->parts[count];
    return count;
}
