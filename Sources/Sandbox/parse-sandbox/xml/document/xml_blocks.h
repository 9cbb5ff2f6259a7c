// The blocks and fields of an XML document that is being read.
#pragma once

#include <libxml/xmlreader.h>
#include <stdbool.h>

#include "buffer.h"
#include "xml_roles.h"

enum { xml_depth_max = 256 };

struct xml_state {
    struct xml_frame {
        enum xml_role role;
        /// The element's text is part of a block that began outside it.
        bool is_inside;
        bool has_children;
        /// The label of a field, in `labels`.
        size_t label;
    } frames[xml_depth_max];
    int depth, sections, lists, tables, skipped, notes, cells;
    long columns, rows;
    /// The text of the current block, lines of fields, and the labels of the open elements.
    struct buffer text, fields, labels;
    long ordinals[xml_depth_max];
    bool is_drawing;
};
extern struct xml_state xml_at;

struct xml_frame *xml_innermost(void);
/// Writes the current block as what the element of this role is.
void xml_flush(enum xml_role role);
/// Writes the lines of fields as a paragraph.
void xml_flush_fields(void);
void xml_begin_field(xmlTextReaderPtr reader, const char *name);
/// A field that has elements in it is a group, whose fields are a paragraph.
void xml_begin_group(struct xml_frame *frame);
/// Writes a field as a line, or as a paragraph if it is long. Feeds have pages in HTML in fields.
void xml_end_field(const struct xml_frame *frame);
void xml_begin_cell(xmlTextReaderPtr reader);
void xml_end_cell(void);
