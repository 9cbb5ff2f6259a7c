#include "doc_lists.h"

#include "code_page.h"
#include "counters.h"
#include "doc.h"

enum {
    levels = 9,
    lists_max = 0x7fe,
    list_bytes = 28, level_bytes = 28, override_bytes = 16,
    label_units_max = 64,
};

struct list {
    uint32_t id;
    /// The definition of each level, with its label.
    struct view levels[levels];
    long counts[levels];
};

/// What a paragraph refers to: a list, with changes.
struct override {
    struct list *list;
    struct view levels[levels];
    /// First numbers; -1 where the list's own applies. They are used up by the first paragraph.
    long starts[levels];
};

static struct list lists[lists_max];
static struct override overrides[lists_max];
static size_t list_count, override_count;

/// The level definition at `*at` of the table stream. Advances past it.
static struct view take_level(size_t *at) {
    size_t start = *at;
    size_t label = start + level_bytes + view_u8(doc.table, start + 25) +
        view_u8(doc.table, start + 24);
    *at = label + 2 + (size_t)view_u16(doc.table, label) * 2;
    return view_part(doc.table, start, *at - start);
}

static void read_lists(void) {
    struct view table = doc_part(DOC_LISTS);
    size_t at = doc_part_end(DOC_LISTS);
    list_count = view_u16(table, 0);
    if (list_count > lists_max) list_count = lists_max;
    for (size_t i = 0; i < list_count; i++) {
        size_t entry = 2 + i * list_bytes;
        bool is_simple = view_u8(table, entry + 26) & 1;
        lists[i].id = view_u32(table, entry);
        for (int level = 0; level < (is_simple ? 1 : levels); level++) {
            lists[i].levels[level] = take_level(&at);
        }
        for (int level = 0; level < levels; level++) lists[i].counts[level] = -1;
    }
}

static struct list *list_by_id(uint32_t id) {
    for (size_t i = 0; i < list_count; i++) {
        if (lists[i].id == id) return &lists[i];
    }
    return NULL;
}

static void read_overrides(void) {
    struct view table = doc_part(DOC_LIST_OVERRIDES);
    size_t at = doc_part_end(DOC_LIST_OVERRIDES) - table.length, count = view_u32(table, 0);
    override_count = count < lists_max ? count : lists_max;
    at += 4 + count * override_bytes;
    for (size_t i = 0; i < override_count; i++) {
        struct override *override = &overrides[i];
        override->list = list_by_id(view_u32(table, 4 + i * override_bytes));
        for (int level = 0; level < levels; level++) override->starts[level] = -1;
        at += 4;
        for (unsigned k = view_u8(table, 4 + i * override_bytes + 12); k; k--) {
            uint32_t flags = view_u32(doc.table, at + 4), level = flags & 15;
            if (level >= levels) level = levels - 1;
            if (flags & 1 << 4) override->starts[level] = view_u32(doc.table, at) & 0x7fff;
            at += 8;
            if (flags & 1 << 5) override->levels[level] = take_level(&at);
        }
    }
}

void doc_lists_read(void) {
    read_lists();
    read_overrides();
}

/// The format by its number in the file.
static enum counter counter_of(unsigned format) {
    static const enum counter formats[] = {
        COUNTER_DECIMAL, COUNTER_UPPER_ROMAN, COUNTER_LOWER_ROMAN, COUNTER_UPPER_LETTER,
        COUNTER_LOWER_LETTER, COUNTER_ORDINAL, COUNTER_CARDINAL_WORD, COUNTER_ORDINAL_WORD,
        COUNTER_HEX, COUNTER_FOOTNOTE,
    };
    if (format < sizeof formats / sizeof *formats) return formats[format];
    switch (format) {
    case 14: return COUNTER_FULL_WIDTH;
    case 18: return COUNTER_CIRCLE;
    case 22: return COUNTER_DECIMAL_ZERO;
    case 23: return COUNTER_BULLET;
    case 37: case 38: case 39: return COUNTER_CHINESE;
    case 58: return COUNTER_LOWER_RUSSIAN;
    case 59: return COUNTER_UPPER_RUSSIAN;
    case 255: return COUNTER_NONE;
    }
    return COUNTER_DECIMAL;
}

static struct view level_of(const struct override *override, unsigned level) {
    struct view own = override->levels[level];
    return own.length ? own : override->list->levels[level];
}

/// Advances the level's number and restarts the levels below it.
static void count(struct override *override, unsigned level) {
    long *counts = override->list->counts;
    for (unsigned i = 0; i <= level; i++) {
        long first = (long)(view_u32(level_of(override, i), 0) & 0x7fff);
        if (override->starts[i] >= 0) {
            counts[i] = i == level ? -1 : override->starts[i];
            first = override->starts[i];
            override->starts[i] = -1;
        }
        if (counts[i] < 0) counts[i] = first;
        else if (i == level) counts[i]++;
    }
    for (unsigned i = level + 1; i < levels; i++) counts[i] = -1;
}

void doc_list_label(const struct paragraph_properties *properties, struct paragraph *paragraph) {
    if (!properties->list || properties->list > override_count) return;
    struct override *override = &overrides[properties->list - 1];
    if (!override->list) return;
    unsigned of_paragraph = properties->list_level;
    paragraph->list_level = (int)of_paragraph + 1;
    count(override, of_paragraph);
    struct view level = level_of(override, of_paragraph);
    enum counter counter = counter_of(view_u8(level, 4));
    bool all_arabic = view_u8(level, 5) & 4;
    if (counter == COUNTER_BULLET || counter == COUNTER_NONE) return;
    size_t at = level_bytes + view_u8(level, 25) + view_u8(level, 24);
    size_t units = view_u16(level, at);
    if (units > label_units_max) units = label_units_max;
    for (size_t i = 0; i < units; i++) {
        uint16_t unit = view_u16(level, at + 2 + i * 2);
        if (unit >= levels) {
            append_utf16(&paragraph->label, view_part(level, at + 2 + i * 2, 2));
        } else if (unit <= of_paragraph) {
            counter = counter_of(view_u8(level_of(override, unit), 4));
            if (all_arabic) counter = COUNTER_DECIMAL;
            append_counter(&paragraph->label, override->list->counts[unit], counter);
        }
    }
    bool is_ordinal = units == 2 && view_u16(level, at + 4) == '.' && counter == COUNTER_DECIMAL;
    if (is_ordinal) paragraph->ordinal = override->list->counts[of_paragraph];
}
