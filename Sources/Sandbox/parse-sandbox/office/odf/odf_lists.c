// Automatic numbers of OpenDocument. A list has a style with a format for each level. A list starts
// anew unless it continues another.
#include <stdlib.h>
#include <string.h>

#include "odf.h"
#include "odf_list_styles.h"

enum { lists_max = 10000, depth_max = 64 };

/// The numbers of a list. Lists that continue each other share them.
struct numbers {
    char *id, *style;
    long counts[levels_max];
    bool has_count[levels_max];
};

static struct numbers outline_numbers;
static struct numbers **all;
static size_t all_count;

/// The open lists, each inside the one before.
static struct open {
    const struct list_style *style;
    struct numbers *numbers;
    /// The item waits for its first paragraph, which has its number.
    bool is_pending;
} open_lists[depth_max];
static int depth;

/// The latest list with this id, or else with this style.
static struct numbers *find_numbers(const char *id, const char *style) {
    for (size_t i = all_count; i-- > 0;) {
        const char *own = id ? all[i]->id : all[i]->style, *wanted = id ? id : style;
        if (own && wanted && !strcmp(own, wanted)) return all[i];
    }
    return NULL;
}

static struct numbers *new_numbers(const char *id, const char *style) {
    struct numbers *numbers = checked_realloc(NULL, 1, sizeof *numbers);
    *numbers = (struct numbers){.id = id ? checked_copy(id) : NULL,
                                .style = style ? checked_copy(style) : NULL};
    if (all_count < lists_max) {
        if (!all) all = checked_realloc(NULL, lists_max, sizeof *all);
        all[all_count++] = numbers;
    }
    return numbers;
}

void odf_list_begin(const xmlNode *list) {
    if (depth++ >= depth_max) return;
    struct open *open = &open_lists[depth - 1];
    const struct open *outer = depth > 1 ? &open_lists[depth - 2] : NULL;
    const char *name = node_attribute(list, "style-name"), *id = node_attribute(list, "id");
    const char *after = node_attribute(list, "continue-list");
    const char *continues = node_attribute(list, "continue-numbering");
    *open = (struct open){0};
    open->style = name ? odf_list_style(name) : outer ? outer->style : NULL;
    if (outer) {
        open->numbers = outer->numbers;
        return;
    }
    bool is_continued = after || (continues && !strcmp(continues, "true"));
    struct numbers *earlier = is_continued ? find_numbers(after, name) : NULL;
    if (earlier && after && id) {
        // A later list may continue this one by its own id.
        free(earlier->id);
        earlier->id = checked_copy(id);
    }
    open->numbers = earlier ? earlier : new_numbers(id, name);
}

static struct open *innermost(void) {
    return depth && depth <= depth_max ? &open_lists[depth - 1] : NULL;
}

void odf_list_item(const xmlNode *item) {
    struct open *open = innermost();
    if (!open) return;
    open->is_pending = node_is(item, "list-item");
    long level = depth - 1, start = odf_start(item, -1);
    if (start >= 0 && level < levels_max && open->numbers) {
        open->numbers->counts[level] = start - 1;
        open->numbers->has_count[level] = true;
    }
}

void odf_list_end(void) {
    if (depth) depth--;
}

static void append_number(struct buffer *label, const struct list_style *style,
                          const struct numbers *numbers, long level) {
    const struct level *own = &style->levels[level];
    long value = numbers->has_count[level] ? numbers->counts[level] : own->start;
    append_counter(label, value, own->format);
}

static void append_pattern(struct buffer *label, const struct list_style *style,
                           const struct numbers *numbers, const char *pattern) {
    for (const char *at = pattern; *at; at++) {
        char *end;
        long level = *at == '%' ? strtol(at + 1, &end, 10) : 0;
        if (level < 1 || level > levels_max || *end != '%') {
            buffer_byte(label, *at);
            continue;
        }
        append_number(label, style, numbers, level - 1);
        at = end;
    }
}

static void set_label(struct paragraph *paragraph, const struct list_style *style,
                      const struct numbers *numbers, long level) {
    const struct level *own = &style->levels[level];
    struct buffer *label = &paragraph->label;
    if (own->pattern) {
        append_pattern(label, style, numbers, own->pattern);
    } else {
        long shown = own->shown_levels < 1 ? 1 : own->shown_levels;
        buffer_text(label, own->prefix ? own->prefix : "");
        for (long i = shown > level ? 0 : level - shown + 1; i <= level; i++) {
            append_number(label, style, numbers, i);
            if (i < level && style->levels[i].is_numbered) buffer_byte(label, '.');
        }
        buffer_text(label, own->suffix ? own->suffix : "");
    }
    buffer_collapse(label, false);
    struct buffer plain = {0};
    append_counter(&plain, numbers->counts[level], COUNTER_DECIMAL);
    buffer_byte(&plain, '.');
    bool is_plain = own->format == COUNTER_DECIMAL &&
        !strcmp(buffer_cstring(&plain), buffer_cstring(label));
    if (is_plain) paragraph->ordinal = numbers->counts[level];
    buffer_free(&plain);
}

static void count(struct paragraph *paragraph, const struct list_style *style,
                  struct numbers *numbers, long level) {
    if (level >= levels_max) return;
    long start = style->levels[level].start;
    numbers->counts[level] = numbers->has_count[level] ? numbers->counts[level] + 1 : start;
    numbers->has_count[level] = true;
    for (long below = level + 1; below < levels_max; below++) numbers->has_count[below] = false;
    if (style->levels[level].is_numbered) set_label(paragraph, style, numbers, level);
}

static void number_heading(const xmlNode *node, const struct odf_style *style,
                           struct paragraph *paragraph) {
    const char *is_unnumbered = node_attribute(node, "is-list-header");
    bool is_excluded = style->list && !*style->list;
    if (is_excluded || (is_unnumbered && !strcmp(is_unnumbered, "true"))) return;
    long level = node_number(node, "outline-level", 1) - 1;
    if (level < 0 || level >= levels_max) return;
    const char *restarts = node_attribute(node, "restart-numbering");
    long start = odf_start(node, -1);
    if (restarts && !strcmp(restarts, "true")) {
        outline_numbers.has_count[level] = start >= 0;
        if (start >= 0) outline_numbers.counts[level] = start - 1;
    }
    count(paragraph, odf_outline(), &outline_numbers, level);
}

void odf_number(const xmlNode *node, const struct odf_style *style, struct paragraph *paragraph) {
    struct open *open = innermost();
    if (!open) {
        if (node_is(node, "h")) number_heading(node, style, paragraph);
        return;
    }
    if (!paragraph->heading) paragraph->list_level = depth;
    const struct list_style *own = open->style ? open->style : odf_list_style(style->list);
    if (open->is_pending && own && open->numbers) count(paragraph, own, open->numbers, depth - 1);
    open->is_pending = false;
}
