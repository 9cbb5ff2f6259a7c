#include "doc_fields.h"

#include <stdlib.h>
#include <string.h>

#include "code_page.h"
#include "doc_pieces.h"

enum { nesting_max = 64, code_units_max = 4096 };
enum mark { MARK_BEGIN = 0x13, MARK_RESULT = 0x14, MARK_END = 0x15 };

/// A field whose end has not been read.
struct open_field {
    uint32_t begin, result;
    bool has_result;
};

static struct link *links;
static size_t link_count, link_capacity;

/// The code of a field as text, without the fields inside it.
static struct buffer code_of(uint32_t from, uint32_t to) {
    struct buffer code = {0};
    if (to - from > code_units_max) to = from + code_units_max;
    for (uint32_t at = from; at < to; at++) {
        uint16_t unit = characters.units[at];
        bool is_text = unit >= 0x20 && !(characters.flags[at] & CHARACTER_OMITTED);
        const unsigned char bytes[] = {(unsigned char)unit, (unsigned char)(unit >> 8)};
        if (is_text) append_utf16(&code, (struct view){bytes, 2});
    }
    return code;
}

/// Whether the field's name is one of these.
static bool is_named(const char *code, const char *const *names) {
    code += strspn(code, " ");
    size_t length = strcspn(code, " \\");
    for (; *names; names++) {
        if (strlen(*names) == length && !strncasecmp(code, *names, length)) return true;
    }
    return false;
}

/// The address in a code such as `HYPERLINK "https://example.org" \l "part"`; NULL if it has none.
static char *target_of(const char *code) {
    static const char *const links[] = {"HYPERLINK", NULL};
    if (!is_named(code, links)) return NULL;
    code += strspn(code, " ") + strlen(links[0]);
    code += strspn(code, " ");
    bool is_quoted = *code == '"';
    code += is_quoted;
    size_t length = strcspn(code, is_quoted ? "\"" : " ");
    // A switch instead of an address: the link leads to a place in the document.
    if (!length || *code == '\\') return NULL;
    char *target = checked_copy(code);
    target[length] = 0;
    return target;
}

static void add_link(struct range place, char *target) {
    if (link_count == link_capacity) {
        link_capacity = link_capacity * 2 + 32;
        links = checked_realloc(links, link_capacity, sizeof *links);
    }
    links[link_count++] = (struct link){place, target};
}

static void omit(uint32_t from, uint32_t to) {
    for (uint32_t at = from; at < to; at++) characters.flags[at] |= CHARACTER_FIELD_CODE;
}

/// Omits a page number in a header, or a heading of the text that it repeats. Returns false for
/// other fields.
static bool omit_running(const struct open_field *field, uint32_t end, const char *code) {
    static const char *const pages[] = {"PAGE", "NUMPAGES", "SECTIONPAGES", NULL};
    static const char *const repeated[] = {"STYLEREF", "SECTION", NULL};
    bool is_page = is_named(code, pages);
    if (!is_page && !is_named(code, repeated)) return false;
    omit(field->begin + is_page, end + 1);
    if (is_page) characters.units[field->begin] = UNIT_PAGE_NUMBER;
    return true;
}

/// Omits all of an equation field but its arguments. Of a text with a reading above it, such as
/// `EQ \o\ad(\s\up 10(reading),text)`, only the text is kept. Returns false for other fields.
static bool omit_equation(const struct open_field *field, uint32_t end, const char *code) {
    static const char *const names[] = {"EQ", NULL};
    if (!is_named(code, names)) return false;
    uint32_t first = end, last = end;
    for (uint32_t at = field->begin; at < end; at++) {
        uint16_t unit = characters.units[at], next = characters.units[at + 1];
        if (unit == '(' && first == end) first = at + 1;
        if (unit == ')' && (next == ',' || next == ';') && strstr(code, "\\o")) first = at + 2;
        if (unit == ')') last = at;
    }
    omit(field->begin, first < end ? first : end + 1);
    omit(last, end + 1);
    return true;
}

static void close_field(const struct open_field *field, uint32_t end, bool is_running) {
    // The mark at the end belongs to a field without a result.
    uint32_t stop = field->has_result ? field->result : end + 1;
    struct buffer code = code_of(field->begin + 1, field->has_result ? stop : end);
    const char *text = buffer_cstring(&code);
    bool is_done = (is_running && omit_running(field, end, text)) ||
        (!field->has_result && omit_equation(field, end, text));
    if (!is_done) {
        char *target = field->has_result ? target_of(text) : NULL;
        if (target) add_link((struct range){field->result, end}, target);
        omit(field->begin, stop);
    }
    buffer_free(&code);
}

void doc_fields_mark(struct range story, bool is_running) {
    struct open_field open[nesting_max];
    size_t depth = 0;
    for (uint32_t at = story.start; at < story.end; at++) {
        uint16_t unit = characters.units[at];
        if (unit == MARK_BEGIN && depth < nesting_max) {
            open[depth++] = (struct open_field){.begin = at};
        } else if (unit == MARK_RESULT && depth) {
            open[depth - 1].has_result = true;
            open[depth - 1].result = at;
        } else if (unit == MARK_END && depth) {
            close_field(&open[--depth], at, is_running);
        }
    }
}

const struct link *doc_link_ending_at(uint32_t position) {
    size_t low = 0, high = link_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (links[middle].place.end < position) low = middle + 1;
        else high = middle;
    }
    return low < link_count && links[low].place.end == position ? &links[low] : NULL;
}
