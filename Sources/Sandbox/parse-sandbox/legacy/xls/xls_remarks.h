// What is drawn over the cells of a sheet: comments, addresses of links, text boxes.
#pragma once

#include "xls_records.h"

/// A cell's place in reading order.
static inline uint32_t cell_key(uint16_t row, uint16_t column) {
    return (uint32_t)row << 16 | column;
}

/// Takes the number of an object, its text, the cell of a comment, or a link. Other records are
/// ignored.
void xls_remarks_take(const struct record *record);
/// Sorts the remarks by their cells, after all of the sheet's records have been taken.
void xls_remarks_sort(void);

struct xls_remark {
    uint32_t cell;
    char *text;
    bool is_link;
};
/// The next remark whose cell is not behind `limit`; NULL if there is none.
const struct xls_remark *xls_remark_next(uint32_t limit);

/// Writes the text boxes as paragraphs and forgets everything of the sheet.
void xls_remarks_end(void);
