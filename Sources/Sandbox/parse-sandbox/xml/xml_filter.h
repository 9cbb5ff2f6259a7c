// Removes the content of an element from XML, as its bytes are read, without parsing it.
#pragma once

#include <stdbool.h>

#include "buffer.h"

enum { xml_filter_tag_max = 64 };

/// The state of one part; starts as zeros except for `element`, a local name.
struct xml_filter {
    const char *element;
    bool is_inside;
    /// The tag that is being read: '<' and its name.
    char tag[xml_filter_tag_max];
    int tag_length;
    /// Past the name, in the tag that opens the element; `last` is the byte before.
    bool is_opening;
    char last;
};

/// Appends the bytes that are left to `kept`.
void xml_filter(struct xml_filter *filter, const char *bytes, int count, struct buffer *kept);
