// Reads RTF (specification 1.9.1), also as the body of a mail from Outlook, which can contain HTML.
// No library for it is maintained in Debian. A process has one document, so its state is global.
#pragma once

#include <stdbool.h>

#include "paragraph.h"

/// What a control word does. rtf_words.c lists the words; those that are not listed are ignored.
enum rtf_action {
    /// A character, of which `value` is the scalar.
    RTF_CHARACTER,
    RTF_UNICODE, RTF_BINARY,
    /// The group is not text, or is text although readers may skip it.
    RTF_SKIPPED, RTF_KEPT, RTF_EMBEDDED, RTF_UNICODE_FORM,
    /// The group is read into another place; `value` is the sink.
    RTF_SINK,
    /// The group is text apart from the text around it; `value` is the kind of `rtf_aside`.
    RTF_ASIDE,
    RTF_FIELD, RTF_FIELD_RESULT, RTF_FORM_TYPE, RTF_FORM_RESULT,
    RTF_FALLBACK_LENGTH, RTF_CODE_PAGE, RTF_FONT, RTF_FONT_DEFAULT, RTF_FONT_CHARSET,
    RTF_FONT_CODE_PAGE,
    RTF_HIDDEN, RTF_PLAIN, RTF_POSITION, RTF_HTML_SKIP, RTF_FROM_HTML,
    RTF_PARAGRAPH_DEFAULTS, RTF_STYLE, RTF_OUTLINE, RTF_LIST, RTF_LIST_LEVEL, RTF_IN_TABLE,
    RTF_TABLE_DEPTH,
    RTF_PARAGRAPH, RTF_CELL, RTF_ROW, RTF_NESTED_CELL, RTF_NESTED_ROW,
    RTF_ROW_DEFAULTS, RTF_ROW_HEADER, RTF_CELL_EDGE, RTF_CELL_MERGED, RTF_CELL_COVERED,
};

enum rtf_sink {
    RTF_TO_TEXT, RTF_TO_NOTHING, RTF_TO_FONTS, RTF_TO_STYLES, RTF_TO_LABEL, RTF_TO_INSTRUCTION,
    RTF_TO_AUTHOR, RTF_TO_HTML,
};

enum rtf_aside { RTF_NO_ASIDE, RTF_NOTE, RTF_COMMENT, RTF_RUNNING, RTF_BOX };

struct rtf_known {
    const char *name;
    enum rtf_action action;
    long value;
};
/// The known word of this name; NULL if there is none.
const struct rtf_known *rtf_find(const char *name);

struct rtf_token {
    enum { RTF_END, RTF_OPEN, RTF_CLOSE, RTF_WORD, RTF_SYMBOL, RTF_BYTE } kind;
    /// A word's name; a symbol's or byte's character is the first.
    char name[33];
    bool has_number;
    long number;
};
struct rtf_source {
    const char *at, *end;
};
struct rtf_token rtf_next(struct rtf_source *source);

/// The state that a group inherits and that ends with it.
struct rtf_group {
    enum rtf_sink sink;
    /// The group is skipped because a form in Unicode follows inside it.
    bool has_unicode_form;
    int fallback_length, code_page, position;
    /// The name of a symbol font; NULL for others.
    const char *symbols;
    bool is_hidden;
    struct { int heading, outline, list_level; bool is_list, in_table; } paragraph;
};
extern struct rtf_group rtf_now;

/// Text that is apart from the text around it, or the document itself.
struct rtf_frame {
    enum rtf_aside kind;
    struct paragraph paragraph;
    /// The text of the current cell, or of the whole note.
    struct buffer collected;
    /// Counts the paragraphs that have ended.
    unsigned long paragraphs;
};
extern struct rtf_frame rtf_frame;

/// What ends with a group besides its state.
struct rtf_scope {
    struct rtf_group outer;
    /// The frame around the text of the group; NULL if the group has no frame of its own.
    struct rtf_frame *frame;
    bool is_field;
    /// The link whose text the field is; NULL if it is not a link. The text began at `mark`.
    char *address;
    size_t mark;
    unsigned long paragraph;
    int form_type, form_result;
};

/// The innermost group, and the innermost field around the text; NULL if there is no field.
struct rtf_scope *rtf_innermost(void);
struct rtf_scope *rtf_field(void);
/// Characters for readers without Unicode that are still to be skipped.
extern long rtf_skipped;
void rtf_apply(const struct rtf_known *known, const struct rtf_token *token);

/// Fonts and styles. `font` and `style` are their numbers.
void rtf_font_begin(long font);
void rtf_font_charset(long charset);
void rtf_font_code_page(long code_page);
/// Ends the declaration of a font or a style with its name.
void rtf_font_end(const char *name);
void rtf_use_font(long font);
void rtf_set_default_font(long font);
void rtf_use_default_font(void);
void rtf_style_begin(long style);
void rtf_style_outline(long level);
void rtf_style_end(const char *name);
/// The level of headings in this style; 0 if it is not one of headings.
int rtf_style_heading(long style);
/// The default of the document, which fonts without a charset have.
extern int rtf_code_page;

/// Text of the current group. Bytes are in its code page.
void rtf_add_byte(char byte);
void rtf_add_scalar(uint32_t scalar);
/// Decodes the bytes that have been added. Must precede a change of code page, position or sink.
void rtf_decode(void);
/// Appends UTF-8 to the text.
void rtf_add_run(const char *text);
/// The text that is not written to the document, such as the label of an item.
extern struct buffer rtf_label, rtf_instruction, rtf_name, rtf_author;
/// The document is a page in HTML, whose text is collected in `rtf_html`.
extern bool rtf_is_html;
extern struct buffer rtf_html;

void rtf_end_paragraph(void);
void rtf_begin_frame(struct rtf_scope *scope, enum rtf_aside kind);
void rtf_end_frame(struct rtf_scope *scope);
void rtf_begin_field_result(struct rtf_scope *field);
void rtf_end_field(struct rtf_scope *field);

/// Tables. The definitions of cells may come before or after their texts.
void rtf_row_defaults(void);
void rtf_row_header(void);
void rtf_cell_merged(bool is_covered);
void rtf_cell_edge(long right);
/// Ends a cell. Empties the text.
void rtf_cell_end(struct buffer *text);
void rtf_row_end(void);
/// Writes the rows as a table.
void rtf_table_end(void);
