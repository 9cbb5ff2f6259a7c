// The properties of a message, a recipient or an attachment ([MS-OXMSG]): the storage of each has a
// stream of short properties and a stream for each longer one.
#pragma once

#include "compound.h"

enum msg_property {
    MSG_SUBJECT = 0x0037,
    MSG_SENT = 0x0039,
    MSG_SENDER_NAME = 0x0042,
    MSG_SENDER_ADDRESS = 0x0065,
    MSG_RECIPIENT_KIND = 0x0c15,
    MSG_AGENT_NAME = 0x0c1a,
    MSG_AGENT_ADDRESS = 0x0c1f,
    MSG_SHOWN_COPIES = 0x0e03,
    MSG_SHOWN_RECIPIENTS = 0x0e04,
    MSG_DELIVERED = 0x0e06,
    MSG_BODY = 0x1000,
    MSG_BODY_RTF = 0x1009,
    MSG_BODY_HTML = 0x1013,
    MSG_NAME = 0x3001,
    MSG_ADDRESS = 0x3003,
    MSG_FILE = 0x3701,
    MSG_SHORT_FILE_NAME = 0x3704,
    MSG_FILE_METHOD = 0x3705,
    MSG_FILE_NAME = 0x3707,
    MSG_FILE_TYPE = 0x370e,
    MSG_FILE_FLAGS = 0x3714,
    MSG_SMTP_ADDRESS = 0x39fe,
    MSG_BODY_CODE_PAGE = 0x3fde,
    MSG_LOCALE = 0x3ff1,
    MSG_CODE_PAGE = 0x3ffd,
    MSG_AGENT_SMTP_ADDRESS = 0x5d01,
    MSG_SENDER_SMTP_ADDRESS = 0x5d02,
};

enum msg_type {
    MSG_INTEGER = 0x0003, MSG_OBJECT = 0x000d, MSG_NARROW = 0x001e, MSG_WIDE = 0x001f,
    MSG_TIME = 0x0040, MSG_BINARY = 0x0102,
};

struct msg_item {
    uint32_t storage;
    /// Of text in one byte a character.
    unsigned code_page;
    struct buffer values;
    /// Where the values begin, after a header.
    size_t values_at;
};

/// Reads an item of a storage. `header` is the length of the header of its values. A `code_page` of
/// 0 is that which the item states.
struct msg_item msg_item_open(uint32_t storage, size_t header, unsigned code_page);
void msg_item_close(struct msg_item *item);

/// A number or a time; 0 if the item does not have it.
uint64_t msg_number(const struct msg_item *item, enum msg_property property, enum msg_type type);
/// Appends a text in UTF-8. Returns false if the item does not have it.
bool msg_text(const struct msg_item *item, enum msg_property property, struct buffer *text);
/// Appends bytes. Returns false if the item does not have them.
bool msg_bytes(const struct msg_item *item, enum msg_property property, struct buffer *bytes);
/// The storage of a property that is an object, such as a message; COMPOUND_NONE if there is none.
uint32_t msg_object(const struct msg_item *item, enum msg_property property);
