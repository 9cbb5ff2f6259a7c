// Zip packages (OOXML, OpenDocument) and their XML. Names are looked up, never used as paths. All
// unpacked bytes count against one budget. A DTD with declarations is refused in every part.
#pragma once

#include <libxml/xmlreader.h>
#include <stdbool.h>

#include "buffer.h"

/// Opens the package in memory. Fails if it is damaged, encrypted or a bomb.
void archive_open(const struct buffer *document);
/// Whether the package contains a part of this name.
bool archive_has(const char *name);
/// Appends a part's bytes. Returns false if it does not exist or exceeds what may be unpacked.
bool archive_read(const char *part, struct buffer *bytes);

/// An entry of an archive of files.
struct archive_entry {
    /// In an encoding that the archive need not declare.
    const char *name;
    /// As of `stat`, without the permissions; 0 if the archive was not made on a Unix system.
    unsigned mode;
    /// As the entry declares it, in bytes.
    size_t size;
};
/// Describes the entry at an index. Returns false after the last.
bool archive_entry(long index, struct archive_entry *entry);
/// Appends the entry's bytes. Returns false if its method is not supported, or if it is too large.
bool archive_read_entry(long index, struct buffer *bytes);

/// An event of a walk: an element's start, its end, or text.
enum xml_event { XML_START, XML_END, XML_TEXT };
/// Called for every event. `name` is the local name, or the text for XML_TEXT. An empty
/// element causes a start and an end.
typedef void xml_visitor(xmlTextReaderPtr reader, enum xml_event event, const char *name);
/// Streams a part through `visit`. Returns false if it does not exist; fails if it is malformed.
bool archive_walk(const char *part, xml_visitor *visit);
/// The same, but the content of the elements with this local name is passed over unread, which
/// takes a small part of the time. In UTF-16 it is visited nevertheless.
bool archive_walk_around(const char *part, const char *element, xml_visitor *visit);
/// Reads the current element, of which the visitor has received the start, as a tree. It is valid
/// until the visitor returns, and the walk continues after the element.
xmlNodePtr archive_take(xmlTextReaderPtr reader);

/// An attribute of the current element by its local name, in any namespace; NULL if there is none.
/// The result is a copy of at most 511 bytes, valid for three further calls.
const char *xml_attribute(xmlTextReaderPtr reader, const char *name);
/// The attribute as a number; `otherwise` if there is none or it is not a number.
long xml_number(xmlTextReaderPtr reader, const char *name, long otherwise);
/// Whether a boolean property element such as `<w:b w:val="0"/>` is on.
bool xml_is_on(xmlTextReaderPtr reader);

/// Relationships of an OOXML part, read from its `_rels` file.
struct relations {
    /// In the order of the file.
    struct relation { char *id, *type, *target; bool is_external; } *items;
    /// The same, sorted by id.
    const struct relation **by_id;
    size_t count;
};
/// Targets in the package are resolved to names in it.
struct relations relations_of(const char *part);
/// The part by id, or by the last word of its type; NULL if there is none.
const char *relation_by_id(const struct relations *relations, const char *id);
const char *relation_by_type(const struct relations *relations, const char *type);
/// The address outside the package by id; NULL if there is none.
const char *relation_link(const struct relations *relations, const char *id);
void relations_free(struct relations *relations);
