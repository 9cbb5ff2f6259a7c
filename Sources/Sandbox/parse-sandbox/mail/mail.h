// Reads Internet messages (RFC 5322, MIME). The reader is our own and not GMime: GMime converts
// characters by the C library's iconv, which opens a file for each charset, and files cannot be
// opened in the jail. Charsets are ICU's here, as in all other formats.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// A part of the document's bytes.
struct span {
    const char *at, *end;
};

/// A message or one part of it.
struct entity {
    struct span headers, body;
};

/// Splits at the first blank line, or before the first line that cannot be a header.
struct entity entity_of(struct span text);
/// Cuts the next line off `text`, with its end. Returns false at the end of the text.
bool next_line(struct span *text, struct span *line);
/// Cuts white space off both ends.
struct span trimmed(struct span text);

/// The value of the first header of this name, unfolded and not decoded; empty if there is none.
/// Returns whether there is one.
bool header_value(const struct entity *entity, const char *name, struct buffer *value);
/// The value for readers: encoded words (RFC 2047) and raw bytes of any charset become UTF-8.
bool header_text(const struct entity *entity, const char *name, struct buffer *text);
/// Replaces the encoded words in UTF-8 text.
void decode_words(struct buffer *text);

/// The value of a parameter such as `charset`, decoded (RFC 2231); empty if there is none.
void header_parameter(struct buffer *header, const char *name, struct buffer *value);

/// The media type in lower case without parameters; `fallback` if there is none or it is invalid.
const char *content_type(const struct entity *entity, const char *fallback, char type[80]);
/// Decodes base64, quoted-printable and uuencode; other bodies are copied.
void decode_body(const struct entity *entity, struct buffer *bytes);
void decode_base64(struct span text, struct buffer *bytes);
/// Decodes one line of uuencoded data.
void decode_uuencoded_line(struct span line, struct buffer *bytes);
/// Decodes the body of a text part to UTF-8.
void decode_text_body(const struct entity *entity, struct buffer *text);

/// The parts of a multipart body.
struct multipart {
    struct buffer boundary;
    struct span rest;
    size_t count;
    bool is_open;
};
/// Returns false if the body has no parts, as when its boundary does not occur.
bool multipart_open(const struct entity *entity, struct multipart *parts);
bool multipart_next(struct multipart *parts, struct entity *part);
void multipart_close(struct multipart *parts);

/// Rewrites a date such as `Tue, 3 Mar 2026 09:12:00 +0100` as `2026-03-03 09:12:00 +01:00`. Other
/// text stays unchanged.
void format_date(struct buffer *date);

/// Parts inside others beyond this depth are skipped.
enum { mail_depth_max = 10 };

/// Whether a part is an attachment, and not text of the message.
bool is_file(const struct entity *part, const char *type);
/// The type of text that is left out of a multipart/alternative: `text/plain` or `text/html`.
/// Empty if it has only one.
const char *worse_alternative(const struct entity *part);
/// Whether the part is, or contains, text of this type.
bool has_text(const struct entity *part, const char *type);

/// Writes a message as a section, whose heading has this level. `depth` counts the parts around
/// it. Returns false if its only text is encrypted.
bool write_message(struct span text, int level, int depth);
/// Writes a plain text body in paragraphs. `is_flowed` joins its soft line breaks (RFC 3676).
void write_plain_body(const struct buffer *text, bool is_flowed);

/// Converts a document in UTF-16 to UTF-8; messages in other encodings are decoded part by part.
void decode_wide(struct buffer *document);

bool begins(const char *text, const char *prefix);
