// Fields: their codes are omitted from the text, and their results are text.
#pragma once

#include "doc.h"

/// The address of a link whose text is the result of a field.
struct link {
    /// The mark between code and result, and the mark at the end.
    struct range place;
    char *target;
};

/// Stands for a page number in a header or footer.
enum { UNIT_PAGE_NUMBER = 0xfffe };

/// Flags the codes of the fields in a story as omitted, and collects its links. `is_running`: the
/// story consists of headers and footers.
void doc_fields_mark(struct range story, bool is_running);

/// The link that ends at this position; NULL if there is none.
const struct link *doc_link_ending_at(uint32_t position);
