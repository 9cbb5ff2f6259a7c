// Fields of a DOCX: an instruction that is not text, and its result, which is. Results of page
// numbers are left out, addresses of links follow their texts, and form fields show their value.
#include <string.h>

#include "running_text.h"
#include "word.h"

enum {
    fields_max = 32,
    instruction_bytes_max = 1024,
    /// An instruction that is open for longer has no end.
    hidden_paragraphs_max = 16,
};

static struct field {
    bool has_result, is_hidden;
    struct buffer instruction;
    const xmlNode *form;
    /// The paragraph in which the result begins, and the place in it.
    const struct paragraph *paragraph;
    size_t mark;
} fields[fields_max];
/// Open fields; those beyond the bound are counted only.
static int depth;
static int hidden_paragraphs;

void word_fields_reset(void) { depth = hidden_paragraphs = 0; }

void word_field_paragraph(void) {
    hidden_paragraphs = word_field_is_hidden() ? hidden_paragraphs + 1 : 0;
    if (hidden_paragraphs > hidden_paragraphs_max) word_fields_reset();
}

static struct field *innermost(void) {
    return depth && depth <= fields_max ? &fields[depth - 1] : NULL;
}

bool word_field_is_hidden(void) {
    for (int i = 0; i < depth && i < fields_max; i++) {
        if (!fields[i].has_result || fields[i].is_hidden) return true;
    }
    return false;
}

static void begin(const xmlNode *form) {
    if (depth++ >= fields_max) return;
    struct field *field = innermost();
    buffer_clear(&field->instruction);
    *field = (struct field){.instruction = field->instruction, .form = form};
}

void word_field_instruction(const char *text) {
    struct field *field = innermost();
    if (!field || field->has_result) return;
    size_t length = strlen(text);
    if (field->instruction.length + length > instruction_bytes_max) return;
    buffer_append(&field->instruction, text, length);
}

/// Whether the field's name is one of these.
static bool is_named(const char *instruction, const char *const *names) {
    instruction += strspn(instruction, " \t\r\n");
    size_t length = strcspn(instruction, " \t\r\n\\");
    for (; *names; names++) {
        if (strlen(*names) == length && !strncasecmp(instruction, *names, length)) return true;
    }
    return false;
}

static void begin_result(struct paragraph *paragraph) {
    static const char *const pages[] = {"PAGE", "NUMPAGES", "SECTIONPAGES", NULL};
    static const char *const repeated[] = {"STYLEREF", "SECTION", NULL};
    struct field *field = innermost();
    if (!field) return;
    const char *instruction = buffer_cstring(&field->instruction);
    bool is_page = word_is_running && is_named(instruction, pages);
    // A header that repeats a heading of the text.
    field->is_hidden = is_page || (word_is_running && is_named(instruction, repeated));
    if (is_page && paragraph) paragraph_run(paragraph, RUNNING_PAGE_MARK, 0);
    field->has_result = true;
    field->paragraph = paragraph;
    field->mark = paragraph ? paragraph_mark(paragraph) : 0;
}

/// The address in `HYPERLINK "address" \o "tip"`; NULL if it leads to a place in the document.
static const char *address(struct buffer *instruction) {
    static const char *const links[] = {"HYPERLINK", NULL};
    char *text = (char *)buffer_cstring(instruction);
    if (!is_named(text, links)) return NULL;
    char *start = text + strspn(text, " \t\r\n") + strlen(links[0]);
    start += strspn(start, " \t\r\n");
    if (*start == '\\') return NULL;
    bool is_quoted = *start == '"';
    start += is_quoted;
    start[strcspn(start, is_quoted ? "\"" : " \t\r\n")] = 0;
    return start;
}

/// The value of a form field that is not in the text: a box or the choice from a list.
static void append_form(const xmlNode *form, struct paragraph *paragraph) {
    const xmlNode *box = node_descendant(form, "checkBox"), *list = node_descendant(form, "ddList");
    if (box) {
        const xmlNode *state = node_child(box, "checked");
        if (!state) state = node_child(box, "default");
        paragraph_run(paragraph, node_is_on(state) ? "☒" : "☐", 0);
    } else if (list) {
        const xmlNode *choice = node_child(list, "result");
        if (!choice) choice = node_child(list, "default");
        long index = node_number(choice, "val", 0);
        for_each_child(entry, list) {
            if (!node_is(entry, "listEntry") || index-- != 0) continue;
            const char *value = node_attribute(entry, "val");
            if (value) paragraph_run(paragraph, value, 0);
        }
    }
}

void word_field_end(struct paragraph *paragraph) {
    struct field *field = innermost();
    if (depth) depth--;
    if (!field) return;
    if (field->form) append_form(field->form, paragraph);
    bool is_same = field->has_result && field->paragraph == paragraph;
    if (is_same) paragraph_link(paragraph, field->mark, address(&field->instruction));
}

void word_field_character(const xmlNode *character, struct paragraph *paragraph) {
    const char *type = node_attribute(character, "fldCharType");
    if (!type) return;
    if (!strcmp(type, "begin")) begin(node_child(character, "ffData"));
    else if (!strcmp(type, "separate")) begin_result(paragraph);
    else if (!strcmp(type, "end")) word_field_end(paragraph);
}

void word_field_begin_simple(const char *instruction, struct paragraph *paragraph) {
    begin(NULL);
    word_field_instruction(instruction ? instruction : "");
    begin_result(paragraph);
}
