// What elements are, by their local names. DocBook, JATS, TEI, SVG and feeds share most of them.
#pragma once

enum xml_role {
    /// An element of unknown purpose. Its name is the label of a short text in it.
    XML_FIELD,
    /// Holds others, and has no title of its own.
    XML_BODY,
    XML_SECTION, XML_TITLE, XML_PARAGRAPH, XML_INLINE, XML_LIST, XML_ORDERED_LIST, XML_ITEM,
    XML_TABLE, XML_HEAD, XML_ROW, XML_CELL, XML_CODE, XML_NOTE, XML_CAPTION, XML_SKIPPED,
};

/// `parent` is the role of the element around it.
enum xml_role xml_role_of(const char *name, enum xml_role parent);
