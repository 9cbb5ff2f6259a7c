// Checks XML before libxml2 parses it, which compares all attributes of an element pairwise:
// 300,000 take half a minute. Follows markup only as far as it needs to recognise attributes; what
// is malformed is left for the parser to refuse.
#pragma once

#include <stdbool.h>

/// The state of the check of one document; starts as zeros.
struct xml_guard {
    enum {
        GUARD_TEXT, GUARD_OPENED, GUARD_TAG, GUARD_VALUE, GUARD_BANG, GUARD_COMMENT, GUARD_CDATA,
        GUARD_INSTRUCTION, GUARD_DOCTYPE, GUARD_LITERAL, GUARD_SUBSET,
    } state;
    /// The first bytes, which show how characters are encoded.
    unsigned char start[4];
    int start_count;
    /// UTF-16, whose characters are pairs of bytes.
    bool is_utf16, is_big_endian, has_half;
    unsigned char half;
    /// The quotation mark that ends the value.
    int quote;
    int attributes;
    /// How often the character that ends the present section has just been repeated.
    int run;
    /// The text of the XML declaration.
    char declaration[256];
    int declaration_length;
    bool has_declaration;
};

/// Checks the next bytes. Fails if an element has more than 4096 attributes, if the document
/// contains a DTD, whose end only a parser can find, or if the encoding is one in which markup has
/// other bytes than in ASCII or UTF-16. A document type that only names a DTD is accepted: the DTD
/// is never loaded.
void xml_guard_check(struct xml_guard *guard, const char *bytes, int count);
