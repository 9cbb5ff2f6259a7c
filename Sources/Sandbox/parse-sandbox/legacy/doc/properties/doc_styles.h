// The style sheet, and the properties of paragraphs by their styles and own changes.
#pragma once

#include "view.h"

struct paragraph_properties {
    /// From 1; 0 for body text.
    int heading;
    /// 1-based number of the list in the table of lists; 0 for none.
    unsigned list, list_level;
    /// Nesting of tables; 0 outside of tables.
    unsigned table_depth;
    bool is_row_end, is_inner_cell_end, is_inner_row_end, is_header_row;
    /// The definition of a table row.
    struct view row;
};

void doc_styles_read(void);

/// Whether the characters of a style are hidden.
bool doc_style_is_hidden(unsigned style);

/// The properties of the paragraph whose mark is at this position.
struct paragraph_properties paragraph_properties_at(uint32_t position);
