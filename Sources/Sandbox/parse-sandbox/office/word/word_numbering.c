// Automatic numbers of a DOCX. A paragraph belongs to a numbering instance (num), which refers to a
// list (abstractNum). Instances of one list continue each other's numbers unless they restart.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "word.h"

enum {
    levels_max = 9,
    lists_max = 10000,
    links_max = 8,
    label_bytes_max = 200,
    /// Numbers are bounded, so that counting cannot overflow.
    number_max = 1000000000,
};

struct level {
    long start;
    enum counter format;
    /// The label with %1 to %9 for the numbers of the levels; NULL if the level is not defined.
    char *label;
    /// The id of the paragraph style with this level.
    char *style;
    /// The level, from 1, below which counting restarts; -1 for any level above, 0 for none.
    long restart;
    bool is_legal;
};

struct list {
    long id;
    struct level levels[levels_max];
    /// The style whose list this one is.
    char *style;
    long counts[levels_max];
    bool has_count[levels_max];
};

struct instance {
    long id, list;
    struct level levels[levels_max];
    /// -1 where the instance does not restart.
    long starts[levels_max];
};

static struct list *lists;
static struct instance *instances;
static size_t list_count, instance_count;

/// The number from which a level counts; `otherwise` if the node does not exist.
static long start_of(const xmlNode *node, long otherwise) {
    long start = node_number(node, "val", otherwise);
    return start < 0 ? otherwise : start > number_max ? number_max : start;
}

static void read_level(const xmlNode *node, struct level *level) {
    const xmlNode *format = node_child(node, "numFmt");
    if (!format) format = node_descendant(node, "numFmt");
    const char *label = child_value(node, "lvlText"), *style = child_value(node, "pStyle");
    *level = (struct level){
        .start = start_of(node_child(node, "start"), 1),
        .format = counter_of_name(node_attribute(format, "val")),
        .label = checked_copy(label ? label : ""),
        .style = style ? checked_copy(style) : NULL,
        .restart = node_number(node_child(node, "lvlRestart"), "val", -1),
        .is_legal = node_is_on(node_child(node, "isLgl")),
    };
    if (strlen(level->label) > label_bytes_max) level->label[0] = 0;
}

static long level_number(const xmlNode *node) {
    long level = node_number(node, "ilvl", 0);
    return level < 0 || level >= levels_max ? levels_max - 1 : level;
}

static void read_list(const xmlNode *node) {
    if ((list_count & (list_count - 1)) == 0) {
        lists = checked_realloc(lists, list_count * 2 + 1, sizeof *lists);
    }
    struct list *list = &lists[list_count++];
    const char *style = child_value(node, "numStyleLink");
    *list = (struct list){.id = node_number(node, "abstractNumId", -1),
                          .style = style ? checked_copy(style) : NULL};
    for_each_child(child, node) {
        if (!node_is(child, "lvl")) continue;
        struct level *level = &list->levels[level_number(child)];
        if (!level->label) read_level(child, level);
    }
}

static void read_instance(const xmlNode *node) {
    if ((instance_count & (instance_count - 1)) == 0) {
        instances = checked_realloc(instances, instance_count * 2 + 1, sizeof *instances);
    }
    struct instance *instance = &instances[instance_count++];
    *instance = (struct instance){
        .id = node_number(node, "numId", -1),
        .list = node_number(node_child(node, "abstractNumId"), "val", -1),
    };
    for (int i = 0; i < levels_max; i++) instance->starts[i] = -1;
    for_each_child(child, node) {
        if (!node_is(child, "lvlOverride")) continue;
        long index = level_number(child);
        const xmlNode *level = node_child(child, "lvl");
        if (level && !instance->levels[index].label) read_level(level, &instance->levels[index]);
        instance->starts[index] = start_of(node_child(child, "startOverride"), -1);
    }
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "abstractNum") && list_count < lists_max) read_list(archive_take(reader));
    else if (!strcmp(name, "num") && instance_count < lists_max) {
        read_instance(archive_take(reader));
    }
}

/// Both begin with their id.
static int compare(const void *left, const void *right) {
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

void word_numbering_read(const char *part) {
    archive_walk(part, visit);
    if (list_count) qsort(lists, list_count, sizeof *lists, compare);
    if (instance_count) qsort(instances, instance_count, sizeof *instances, compare);
}

static struct instance *find_instance(long id) {
    if (!instance_count) return NULL;
    return bsearch(&id, instances, instance_count, sizeof *instances, compare);
}

/// The list of an instance, which may be that of a style.
static struct list *find_list(const struct instance *instance) {
    for (int links = 0; instance && list_count && links < links_max; links++) {
        struct list *list =
            bsearch(&instance->list, lists, list_count, sizeof *lists, compare);
        if (!list || !list->style) return list;
        instance = find_instance(word_style(list->style).number);
    }
    return NULL;
}

static const struct level *level_of(const struct instance *instance, const struct list *list,
                                    long level) {
    const struct level *own = &instance->levels[level];
    return own->label ? own : &list->levels[level];
}

/// Counts one paragraph at this level, and restarts the levels below it.
static void count(struct instance *instance, struct list *list, long level) {
    long start = level_of(instance, list, level)->start;
    if (instance->starts[level] >= 0) {
        start = instance->starts[level];
        instance->starts[level] = -1;
        list->has_count[level] = false;
    }
    list->counts[level] = list->has_count[level] ? list->counts[level] + 1 : start;
    list->has_count[level] = true;
    for (long below = level + 1; below < levels_max; below++) {
        long restart = level_of(instance, list, below)->restart;
        if (restart < 0 || level < restart) list->has_count[below] = false;
    }
}

static void append_label(struct buffer *label, const struct instance *instance,
                         const struct list *list, long level) {
    const struct level *own = level_of(instance, list, level);
    for (const char *at = own->label; *at; at++) {
        if (*at != '%' || at[1] < '1' || at[1] > '9') {
            buffer_byte(label, *at);
            continue;
        }
        long index = *++at - '1';
        const struct level *other = level_of(instance, list, index);
        long value = list->has_count[index] ? list->counts[index] : other->label ? other->start : 1;
        append_counter(label, value, own->is_legal ? COUNTER_DECIMAL : other->format);
    }
    buffer_collapse(label, false);
}

static long level_of_style(const struct instance *instance, const struct list *list,
                           const char *style) {
    for (long i = 0; style && i < levels_max; i++) {
        const char *linked = level_of(instance, list, i)->style;
        if (linked && !strcmp(linked, style)) return i;
    }
    return 0;
}

long word_number(long number, long level, const char *style, struct paragraph *paragraph) {
    struct instance *instance = find_instance(number);
    struct list *list = find_list(instance);
    if (!list) return -1;
    if (level < 0) level = level_of_style(instance, list, style);
    if (level >= levels_max) level = levels_max - 1;
    const struct level *own = level_of(instance, list, level);
    if (!own->label) return level;
    count(instance, list, level);
    if (own->format == COUNTER_BULLET) return level;
    append_label(&paragraph->label, instance, list, level);
    char plain[8];
    snprintf(plain, sizeof plain, "%%%ld.", level + 1);
    bool is_plain = own->format == COUNTER_DECIMAL && !strcmp(own->label, plain);
    if (is_plain) paragraph->ordinal = list->counts[level];
    return level;
}
