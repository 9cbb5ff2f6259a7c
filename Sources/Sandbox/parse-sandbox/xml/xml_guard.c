#include "xml_guard.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "failure.h"

enum { attributes_max = 4096 };

static _Noreturn void fail_encoding(void) {
    fail(FAILURE_MALFORMED, "a part's XML has an unsupported encoding");
}

/// Determines the width of characters from the first four bytes, as the parser does.
static void detect_encoding(struct xml_guard *guard) {
    const unsigned char *start = guard->start;
    bool is_wide = (!start[0] && !start[1]) || (!start[2] && !start[3]);
    bool is_ebcdic = !memcmp(start, "\x4c\x6f\xa7\x94", 4);
    if (is_wide || is_ebcdic) fail_encoding();
    guard->is_big_endian = !start[0] || (start[0] == 0xfe && start[1] == 0xff);
    guard->is_utf16 = guard->is_big_endian || !start[1] || (start[0] == 0xff && start[1] == 0xfe);
}

/// The name that the declaration gives to the encoding, with its length; NULL if it has none.
static const char *declared_encoding(const char *declaration, size_t *length) {
    static const char blanks[] = " \t\r\n";
    for (const char *at = declaration; (at = strstr(at, "encoding"));) {
        at += strlen("encoding");
        const char *value = at + strspn(at, blanks);
        if (*value != '=') continue;
        value++;
        value += strspn(value, blanks);
        if (*value != '"' && *value != '\'') continue;
        *length = strcspn(value + 1, "\"'");
        return value + 1;
    }
    return NULL;
}

/// Refuses an encoding in which quotation marks and angle brackets can have other bytes, or to
/// which the parser would change in the middle of the document.
static void check_declaration(struct xml_guard *guard) {
    static const char *const like_ascii[] = {
        "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-", "latin1", "windows-125", "koi8-", NULL,
    };
    static const char *const like_utf16[] = {"utf-16", "utf16", NULL};
    guard->declaration[guard->declaration_length] = 0;
    size_t length;
    const char *name = declared_encoding(guard->declaration, &length);
    if (!name) return;
    const char *const *allowed = guard->is_utf16 ? like_utf16 : like_ascii;
    for (; *allowed; allowed++) {
        size_t prefix = strlen(*allowed);
        if (length >= prefix && !strncasecmp(name, *allowed, prefix)) return;
    }
    fail_encoding();
}

/// Whether the first instruction is the XML declaration, as far as it has been read.
static bool is_declaration(const struct xml_guard *guard) {
    static const char begin[] = "xml";
    size_t length = (size_t)guard->declaration_length;
    if (length <= strlen(begin)) return !memcmp(guard->declaration, begin, length);
    return !memcmp(guard->declaration, begin, strlen(begin)) &&
        strchr(" \t\r\n", guard->declaration[strlen(begin)]);
}

static void check_instruction(struct xml_guard *guard, int character) {
    if (guard->has_declaration) return;
    bool ends = character == '>' && guard->run;
    if (ends || !is_declaration(guard)) {
        if (ends) check_declaration(guard);
        guard->has_declaration = true;
    } else if ((size_t)guard->declaration_length + 1 < sizeof guard->declaration) {
        guard->declaration[guard->declaration_length++] = (char)character;
    } else {
        fail(FAILURE_MALFORMED, "a part's XML declaration is too long");
    }
}

/// Leaves a section that ends with `run_min` times `mark` and an angle bracket.
static void pass_section(struct xml_guard *guard, int character, char mark, int run_min) {
    if (character == '>' && guard->run >= run_min) guard->state = GUARD_TEXT;
    guard->run = character == mark ? guard->run + 1 : 0;
}

static void check_tag(struct xml_guard *guard, int character) {
    if (character == '>') {
        guard->state = GUARD_TEXT;
    } else if (character == '"' || character == '\'') {
        guard->state = GUARD_VALUE;
        guard->quote = character;
        if (++guard->attributes > attributes_max) {
            fail(FAILURE_TOO_LARGE, "an element has more than 4096 attributes");
        }
    }
}

/// Follows a document type to its end. Only an empty DTD inside it is accepted.
static void check_document_type(struct xml_guard *guard, int character) {
    bool is_quote = character == '"' || character == '\'';
    if (guard->state == GUARD_LITERAL) {
        if (character == guard->quote) guard->state = GUARD_DOCTYPE;
    } else if (guard->state == GUARD_SUBSET) {
        if (character == ']') guard->state = GUARD_DOCTYPE;
        else if (character > ' ') fail(FAILURE_MALFORMED, "the document contains a DTD");
    } else if (is_quote) {
        guard->quote = character;
        guard->state = GUARD_LITERAL;
    } else if (character == '[') {
        guard->state = GUARD_SUBSET;
    } else if (character == '>') {
        guard->state = GUARD_TEXT;
    }
}

static void check(struct xml_guard *guard, int character) {
    switch (guard->state) {
    case GUARD_TEXT:
        if (character == '<') guard->state = GUARD_OPENED;
        break;
    case GUARD_OPENED:
        guard->attributes = guard->run = 0;
        guard->state = character == '!' ? GUARD_BANG
            : character == '?'          ? GUARD_INSTRUCTION
            : character == '>'          ? GUARD_TEXT
                                        : GUARD_TAG;
        // A declaration is at the start of the document or nowhere.
        guard->has_declaration |= guard->state != GUARD_INSTRUCTION;
        break;
    case GUARD_TAG:
        check_tag(guard, character);
        break;
    case GUARD_VALUE:
        if (character == guard->quote) guard->state = GUARD_TAG;
        break;
    case GUARD_BANG:
        if (character == '-' && guard->run++ == 0) break;
        guard->run = 0;
        guard->state = character == '-' ? GUARD_COMMENT
            : character == '['          ? GUARD_CDATA
                                        : GUARD_DOCTYPE;
        break;
    case GUARD_DOCTYPE: case GUARD_LITERAL: case GUARD_SUBSET:
        check_document_type(guard, character);
        break;
    case GUARD_COMMENT:
        pass_section(guard, character, '-', 2);
        break;
    case GUARD_CDATA:
        pass_section(guard, character, ']', 2);
        break;
    case GUARD_INSTRUCTION:
        check_instruction(guard, character);
        pass_section(guard, character, '?', 1);
        break;
    }
}

static void check_byte(struct xml_guard *guard, unsigned char byte) {
    if (!guard->is_utf16) {
        check(guard, byte);
    } else if (!guard->has_half) {
        guard->half = byte;
        guard->has_half = true;
    } else {
        unsigned char high = guard->is_big_endian ? guard->half : byte;
        unsigned char low = guard->is_big_endian ? byte : guard->half;
        guard->has_half = false;
        check(guard, high << 8 | low);
    }
}

void xml_guard_check(struct xml_guard *guard, const char *bytes, int count) {
    for (int i = 0; i < count; i++) {
        if (guard->start_count == sizeof guard->start) {
            check_byte(guard, (unsigned char)bytes[i]);
            continue;
        }
        guard->start[guard->start_count++] = (unsigned char)bytes[i];
        if (guard->start_count < (int)sizeof guard->start) continue;
        detect_encoding(guard);
        for (size_t j = 0; j < sizeof guard->start; j++) check_byte(guard, guard->start[j]);
    }
}
