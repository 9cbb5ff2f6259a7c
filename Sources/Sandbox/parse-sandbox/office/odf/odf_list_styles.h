// Styles of OpenDocument lists: the format of the number at each level.
#pragma once

#include "counters.h"
#include "odf.h"

enum { levels_max = 10 };

struct level {
    bool is_numbered;
    enum counter format;
    long start, shown_levels;
    char *prefix, *suffix;
    /// The label with %1% for the number of level 1; NULL if the parts above describe it.
    char *pattern;
};

struct list_style {
    char *name;
    enum odf_scope scope;
    struct level levels[levels_max];
    /// The next style in the same bucket.
    struct list_style *next;
};

/// The style of this name; NULL if there is none.
const struct list_style *odf_list_style(const char *name);
/// The style of headings outside lists.
const struct list_style *odf_outline(void);
/// The attribute `start-value`; `otherwise` if there is none.
long odf_start(const xmlNode *node, long otherwise);
