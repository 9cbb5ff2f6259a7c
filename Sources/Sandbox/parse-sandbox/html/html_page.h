// The page that is being read: its current block and the lists and tables that are open.
#pragma once

#include <stdbool.h>

#include "buffer.h"
#include "html_tree.h"

enum { html_nesting_max = 64 };

/// What of the page is left out.
enum html_selection { HTML_KEEP_ALL, HTML_WITHOUT_NAVIGATION, HTML_WITHOUT_FRAME };

struct html_page {
    enum html_selection selection;
    /// The text of the current block.
    struct buffer text;
    struct buffer title, summary;
    /// The host of the page's own address; empty if the page does not name it.
    char host[256];
    int pre_depth, list_depth, table_depth, heading;
    /// Counts blocks, so that a position in `text` is known to belong to an earlier one.
    size_t block;
    bool item_pending, has_title;
    /// The next number of each open ordered list; 0 for bullets.
    long ordinals[html_nesting_max];
    /// Whether an open table is only layout, so that its cells are read as blocks.
    bool layout[html_nesting_max];
    /// The length of `text` while it is the terms of a definition that has not begun; else 0.
    size_t term_length;
    /// The language of the code block, and of the code blocks in the element around it.
    char language[32], outer_language[32];
};

extern struct html_page html_page;

/// The index of the innermost of `depth` lists or tables.
int html_index(int depth);
/// Ends the current block.
void html_flush(void);
/// Writes the page's blocks.
extern const struct html_visitor html_writer;

// html_tables.c

/// Whether text belongs to a table cell rather than to a block.
bool html_in_cell(void);
void html_begin_table(const struct html_token *tag);
void html_end_table(void);
/// Treats the table as layout from here on, because it contains a heading or a table.
void html_open_up_table(void);
void html_begin_cell(const struct html_token *tag);
void html_end_cell(void);
void html_end_row(void);
void html_end_caption(void);

// html_inline.c

/// Reads an element that changes the text of its block. Returns whether its content is visited.
bool html_begin_inline(struct html_open *open, const struct html_token *tag);
void html_end_inline(const struct html_open *open);
/// Sets the host of the page's own address.
void html_set_host(const char *address);
/// The language of a code block that the classes of an element name; empty if they name none.
void html_language(const struct html_token *tag, char language[32]);

// html_parts.c

/// Whether the element is not shown.
bool html_is_hidden(const struct html_token *tag);
/// Chooses what of the page is left out, and reports it.
enum html_selection html_select(const struct buffer *page);
/// Records the part of the page that an element begins. Returns whether it is left out.
bool html_begin_part(struct html_open *open, const struct html_token *tag,
                     enum html_selection selection);
void html_end_part(const struct html_open *open);
