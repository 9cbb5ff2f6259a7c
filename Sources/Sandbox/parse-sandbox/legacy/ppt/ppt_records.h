// The records of a presentation ([MS-PPT]). A record is an atom or contains further records.
#pragma once

#include "view.h"

enum ppt_type {
    PPT_DOCUMENT = 0x3e8,
    PPT_SLIDE = 0x3ee,
    PPT_SLIDE_ATOM = 0x3ef,
    PPT_NOTES = 0x3f0,
    PPT_SLIDE_PLACE = 0x3f3,
    PPT_SLIDE_SHOW = 0x3f9,
    PPT_OBJECTS = 0x409,
    PPT_DRAWING = 0x40c,
    PPT_PLACEHOLDER = 0xbc3,
    PPT_TEXT_REFERENCE = 0xf9e,
    PPT_TEXT_BEGIN = 0xf9f,
    PPT_TEXT_WIDE = 0xfa0,
    PPT_TEXT_STYLES = 0xfa1,
    PPT_TEXT_NARROW = 0xfa8,
    PPT_STRING = 0xfba,
    PPT_EMBEDDED = 0xfcc,
    PPT_LINK_ATOM = 0xfd3,
    PPT_LINK = 0xfd7,
    PPT_FIELD_FIRST = 0xfd8,
    PPT_HEADERS = 0xfd9,
    PPT_HEADERS_ATOM = 0xfda,
    PPT_LINK_RANGE = 0xfdf,
    PPT_TEXTS = 0xff0,
    PPT_ACTION = 0xff2,
    PPT_ACTION_ATOM = 0xff3,
    PPT_EDIT = 0xff5,
    PPT_FIELD_DATE = 0xff7,
    PPT_FIELD_LAST = 0xffa,
    PPT_TAGS = 0x1388,
    PPT_TAG = 0x138a,
    PPT_TAG_DATA = 0x138b,
    PPT_PLACES = 0x1772,
    PPT_COMMENT = 0x2ee0,
    PPT_CANVAS = 0xf002,
    PPT_GROUP = 0xf003,
    PPT_SHAPE = 0xf004,
    PPT_SHAPE_TEXT = 0xf00d,
    PPT_GROUP_PLACE = 0xf00f,
    PPT_SHAPE_PLACE = 0xf010,
    PPT_SHAPE_DATA = 0xf011,
    PPT_MORE_PROPERTIES = 0xf122,
};

struct ppt_record {
    unsigned type, instance;
    struct view data;
};

/// Reads the record at `*at` of a list and advances; false at the end of the list.
bool ppt_next(struct view list, size_t *at, struct ppt_record *record);
/// The content of the first record of a type; empty if there is none.
struct view ppt_child(struct view list, unsigned type);

/// Opens the presentation and returns the content of its document record.
struct view ppt_open(const struct buffer *document);
/// The content of the record of a type with this number, once; empty if there is none.
struct view ppt_take(uint32_t number, unsigned type);
