#include <stddef.h>

#include "normaliser.h"

enum { PARTS_MAX = 4 };

typedef struct {
    uint32_t scalar;
    uint32_t parts[PARTS_MAX]; // unused entries are 0
} composition;

static const composition compositions[] = {
#include "compositions.inc"
};
enum { COMPOSITIONS = sizeof compositions / sizeof compositions[0] };

// Hangul syllables compose arithmetically from two or three letters (Unicode 3.12).
enum { SYLLABLES = 0xAC00, LEAD = 0x1100, VOWEL = 0x1161, TRAIL = 0x11A7 };
enum { LEADS = 19, VOWELS = 21, TRAILS = 28 };

static int compose_hangul(const uint32_t *scalars, int count, uint32_t *composed) {
    if (scalars[0] - LEAD >= LEADS || scalars[1] - VOWEL >= VOWELS) return 0;
    *composed = SYLLABLES + ((scalars[0] - LEAD) * VOWELS + scalars[1] - VOWEL) * TRAILS;
    if (count < 3 || scalars[2] <= TRAIL || scalars[2] >= TRAIL + TRAILS) return 2;
    *composed += scalars[2] - TRAIL;
    return 3;
}

// The number of parts of `entry` if the scalars begin with them, otherwise 0.
static int match(const composition *entry, const uint32_t *scalars, int count) {
    int parts = 0;
    while (parts < PARTS_MAX && entry->parts[parts] != 0) {
        if (parts == count || entry->parts[parts] != scalars[parts]) return 0;
        parts++;
    }
    return parts;
}

int text_compose(const uint32_t *scalars, int count, uint32_t *composed) {
    if (count < 2) return 0;
    int used = compose_hangul(scalars, count, composed);
    if (used) return used;
    size_t low = 0, high = COMPOSITIONS; // the first entry not before the two scalars
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint32_t *parts = compositions[middle].parts;
        bool is_before = parts[0] != scalars[0] ? parts[0] < scalars[0] : parts[1] < scalars[1];
        if (is_before) low = middle + 1;
        else high = middle;
    }
    for (; low < COMPOSITIONS; low++) {
        const composition *entry = &compositions[low];
        if (entry->parts[0] != scalars[0] || entry->parts[1] != scalars[1]) break;
        int parts = match(entry, scalars, count);
        if (parts <= used) continue;
        used = parts;
        *composed = entry->scalar;
    }
    return used;
}
