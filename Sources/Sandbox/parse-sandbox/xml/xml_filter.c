#include "xml_filter.h"

#include <string.h>

/// Whether the tag's name, without a prefix, is that of the element. `slash`: of its end tag.
static bool is_element(struct xml_filter *filter, bool slash) {
    filter->tag[filter->tag_length] = 0;
    const char *name = filter->tag + 1;
    if (slash && *name++ != '/') return false;
    const char *colon = strchr(name, ':');
    return !strcmp(colon ? colon + 1 : name, filter->element);
}

/// Whether `byte` belongs to a tag's name.
static bool continues_name(struct xml_filter *filter, char byte) {
    if (filter->tag_length + 1 == xml_filter_tag_max) return false;
    return !strchr(" \t\r\n><", byte) && (byte != '/' || filter->tag_length == 1);
}

/// Passes over the content, up to the end tag.
static void pass(struct xml_filter *filter, char byte, struct buffer *kept) {
    if (byte == '<') {
        filter->tag_length = 0;
    } else if (filter->tag_length == 1 && byte != '/') {
        filter->tag_length = 0;
        return;
    } else if (!continues_name(filter, byte)) {
        filter->is_inside = !is_element(filter, true);
        if (!filter->is_inside) {
            buffer_append(kept, filter->tag, (size_t)filter->tag_length);
            buffer_byte(kept, byte);
        }
        filter->tag_length = 0;
        return;
    }
    filter->tag[filter->tag_length++] = byte;
}

/// Follows the tags outside the element.
static void follow(struct xml_filter *filter, char byte) {
    if (filter->is_opening) {
        if (byte == '>') {
            filter->is_opening = false;
            filter->is_inside = filter->last != '/';
        }
        filter->last = byte;
        return;
    }
    if (byte == '<') {
        filter->tag_length = 0;
    } else if (!filter->tag_length) {
        return;
    } else if (!continues_name(filter, byte)) {
        filter->is_opening = is_element(filter, false) && byte != '>';
        filter->is_inside = is_element(filter, false) && byte == '>';
        filter->last = byte;
        filter->tag_length = 0;
        return;
    }
    filter->tag[filter->tag_length++] = byte;
}

void xml_filter(struct xml_filter *filter, const char *bytes, int count, struct buffer *kept) {
    for (int i = 0; i < count; i++) {
        if (filter->is_inside) {
            if (!filter->tag_length) {
                const char *next = memchr(bytes + i, '<', (size_t)(count - i));
                if (!next) return;
                i = (int)(next - bytes);
            }
            pass(filter, bytes[i], kept);
        } else {
            follow(filter, bytes[i]);
            buffer_byte(kept, bytes[i]);
        }
    }
}
