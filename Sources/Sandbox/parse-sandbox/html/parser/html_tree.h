// The tree of an HTML page, as a walk through its elements. Elements that a page leaves open are
// ended as the HTML standard says, so starts and ends are balanced. Linear in time at any nesting.
#pragma once

#include "html_tokens.h"

/// An open element. The members after `skips` belong to the visitor.
struct html_open {
    enum html_element element;
    /// Distinguishes elements that are not in the table.
    uint32_t name;
    /// Was inside a part that is passed over, so its end is not reported.
    bool is_silent;
    /// Passes over its content.
    bool skips;
    unsigned flags;
    /// Where its text begins, and in which block.
    size_t mark, block;
    /// The address of a link.
    struct html_slice address;
};

struct html_visitor {
    /// An element starts. Returns whether its content is visited.
    bool (*starts)(struct html_open *open, const struct html_token *tag);
    /// An element ends whose start was reported.
    void (*ends)(struct html_open *open);
    void (*text)(const struct html_token *text);
};

/// Visits the elements of a page in UTF-8.
void html_walk(const struct buffer *page, const struct html_visitor *visitor);

/// Whether an element of this kind is open.
bool html_is_open(enum html_element element);
/// The innermost open element of this kind; NULL if there is none.
struct html_open *html_innermost(enum html_element element);
