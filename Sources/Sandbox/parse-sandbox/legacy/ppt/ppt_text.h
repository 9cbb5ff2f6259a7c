// The texts of a presentation: in shapes, or in a list that shapes refer to.
#pragma once

#include "ppt_records.h"

enum ppt_role {
    PPT_TITLE = 0, PPT_BODY = 1, PPT_NOTES_TEXT = 2, PPT_OTHER = 4, PPT_CENTRE_BODY = 5,
    PPT_CENTRE_TITLE = 6, PPT_HALF_BODY = 7, PPT_QUARTER_BODY = 8,
};

/// A text with its styles and links.
struct ppt_text {
    enum ppt_role role;
    struct view units;
    bool is_wide;
    /// Records that describe the text, from its beginning to the next text.
    struct view records;
};

/// Reads the addresses of links, by the content of the document record.
void ppt_links_read(struct view document);

/// Reads the text with this index in a list of records; false if there is none.
bool ppt_text_at(struct view list, size_t index, struct ppt_text *text);
bool ppt_text_is_title(const struct ppt_text *text);

/// Writes the paragraphs, or appends them to `target` if it is not NULL.
void ppt_text_write(const struct ppt_text *text, struct buffer *target);
