// Splits an HTML page into tags and text, as the HTML standard's tokenizer does. Linear in time,
// and without memory of its own. Comments, declarations and processing instructions are skipped.
#pragma once

#include "buffer.h"
#include "html_elements.h"

enum {
    /// Further attributes of a tag are ignored.
    html_attributes_max = 64,
};

/// A part of the page.
struct html_slice {
    const char *at;
    size_t length;
};

struct html_attribute {
    struct html_slice name, value;
};

enum html_token_kind { HTML_END_OF_PAGE, HTML_TEXT, HTML_START_TAG, HTML_END_TAG };

struct html_token {
    enum html_token_kind kind;
    /// The text, or the tag's name.
    struct html_slice text;
    /// Whether references in the text count.
    bool has_references;
    enum html_element element;
    /// `<br/>`, which closes any element in XHTML.
    bool closes_itself;
    size_t attribute_count;
    struct html_attribute attributes[html_attributes_max];
};

struct html_source {
    const char *at, *end;
    /// The element whose content is raw text; HTML_any outside of one.
    enum html_element raw;
    /// Whether `<![CDATA[…]]>` is text.
    bool is_xml;
};

/// Reads the next token.
void html_next(struct html_source *source, struct html_token *token);

/// Finds an attribute of a tag; NULL if it does not have it.
const struct html_slice *html_attribute(const struct html_token *tag, const char *name);
/// An attribute's value with its references resolved, in a buffer that the next call reuses.
const char *html_resolve(struct html_slice value);
/// The same for the attribute of this name; empty if the tag does not have it.
const char *html_value(const struct html_token *tag, const char *name);
/// Whether the attribute has this value, in any case.
bool html_value_is(const struct html_token *tag, const char *name, const char *value);

/// Appends text with its character references resolved (`&eacute;`, `&#233;`).
void html_append(struct buffer *buffer, struct html_slice text, bool is_attribute);
