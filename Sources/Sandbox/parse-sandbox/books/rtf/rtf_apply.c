// What control words do.
#include <string.h>

#include "report.h"
#include "rtf.h"

enum { fallback_max = 1000, headings_max = 6, list_levels_max = 9 };

static void skip_group(void) { rtf_now.sink = RTF_TO_NOTHING; }

static void begin_destination(const struct rtf_known *known) {
    bool is_skipped = rtf_now.sink == RTF_TO_NOTHING;
    switch (known->action) {
    case RTF_SKIPPED:
        rtf_now.has_unicode_form = known->value && !is_skipped;
        skip_group();
        break;
    case RTF_UNICODE_FORM:
        if (rtf_now.has_unicode_form) rtf_now.sink = RTF_TO_TEXT;
        break;
    case RTF_EMBEDDED:
        if (!is_skipped) report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
        skip_group();
        break;
    case RTF_SINK:
        if (is_skipped) break;
        rtf_now.sink = (enum rtf_sink)known->value;
        if (rtf_now.sink == RTF_TO_LABEL) buffer_clear(&rtf_label);
        break;
    case RTF_ASIDE:
        if (!is_skipped && !rtf_innermost()->frame) {
            rtf_begin_frame(rtf_innermost(), (enum rtf_aside)known->value);
        }
        break;
    case RTF_FIELD:
        rtf_innermost()->is_field = true;
        buffer_clear(&rtf_instruction);
        break;
    case RTF_FIELD_RESULT:
        if (!is_skipped && rtf_field()) rtf_begin_field_result(rtf_field());
        break;
    default: break;
    }
}

static void set_paragraph(enum rtf_action action, long number) {
    switch (action) {
    case RTF_PARAGRAPH_DEFAULTS:
        memset(&rtf_now.paragraph, 0, sizeof rtf_now.paragraph);
        break;
    case RTF_STYLE:
        if (rtf_now.sink == RTF_TO_STYLES) rtf_style_begin(number);
        else rtf_now.paragraph.heading = rtf_style_heading(number);
        break;
    case RTF_OUTLINE:
        if (rtf_now.sink == RTF_TO_STYLES) rtf_style_outline(number);
        else rtf_now.paragraph.outline = number >= 0 && number < headings_max ? (int)number + 1 : 0;
        break;
    case RTF_LIST: rtf_now.paragraph.is_list = number > 0; break;
    case RTF_LIST_LEVEL:
        rtf_now.paragraph.list_level = number < 0 || number >= list_levels_max ? 0 : (int)number;
        break;
    case RTF_IN_TABLE: rtf_now.paragraph.in_table = true; break;
    case RTF_TABLE_DEPTH: rtf_now.paragraph.in_table = number > 0; break;
    default: break;
    }
}

static void set_character(const struct rtf_known *known, long number, bool has_number) {
    switch (known->action) {
    case RTF_CODE_PAGE:
        rtf_code_page = known->value ? (int)known->value : (int)number;
        rtf_now.code_page = rtf_code_page;
        break;
    case RTF_FONT_DEFAULT: rtf_set_default_font(number); break;
    case RTF_FONT:
        if (rtf_now.sink == RTF_TO_FONTS) rtf_font_begin(number);
        else rtf_use_font(number);
        break;
    case RTF_FONT_CHARSET: rtf_font_charset(number); break;
    case RTF_FONT_CODE_PAGE: rtf_font_code_page(number); break;
    case RTF_HIDDEN:
        if (rtf_now.sink == RTF_TO_TEXT) rtf_now.is_hidden = !has_number || number;
        break;
    case RTF_PLAIN:
        rtf_use_default_font();
        rtf_now.is_hidden = false;
        rtf_now.position = 0;
        break;
    case RTF_POSITION: rtf_now.position = has_number && !number ? 0 : (int)known->value; break;
    case RTF_FALLBACK_LENGTH:
        rtf_now.fallback_length = number < 0 || number > fallback_max ? 1 : (int)number;
        break;
    case RTF_FORM_TYPE:
        if (rtf_field()) rtf_field()->form_type = (int)number;
        break;
    case RTF_FORM_RESULT:
        // 25 stands for the default, which comes last.
        if (rtf_field() && (!known->value || rtf_field()->form_result == 25)) {
            rtf_field()->form_result = (int)number;
        }
        break;
    default: break;
    }
}

/// Words inside cells of a table. A table in a note, or in another table, is text.
static void end_cell(enum rtf_action action) {
    bool is_table = rtf_frame.kind == RTF_NO_ASIDE && rtf_now.sink == RTF_TO_TEXT;
    if (rtf_frame.paragraph.text.length || rtf_label.length) {
        bool in_table = rtf_now.paragraph.in_table;
        rtf_now.paragraph.in_table = true;
        rtf_end_paragraph();
        rtf_now.paragraph.in_table = in_table;
    }
    if (action == RTF_CELL && is_table) rtf_cell_end(&rtf_frame.collected);
    else if (action == RTF_ROW && is_table) rtf_row_end();
}

void rtf_apply(const struct rtf_known *known, const struct rtf_token *token) {
    long number = token->number;
    rtf_decode();
    switch (known->action) {
    case RTF_CHARACTER: rtf_add_scalar((uint32_t)known->value); break;
    case RTF_UNICODE:
        rtf_add_scalar((uint32_t)(number < 0 ? number + 0x10000 : number));
        rtf_skipped = rtf_now.fallback_length;
        break;
    case RTF_PARAGRAPH:
        if (rtf_is_html) rtf_add_run("\n");
        else if (rtf_now.sink == RTF_TO_TEXT) rtf_end_paragraph();
        break;
    case RTF_CELL: case RTF_ROW: case RTF_NESTED_CELL: case RTF_NESTED_ROW:
        if (rtf_now.sink == RTF_TO_TEXT && !rtf_is_html) end_cell(known->action);
        break;
    case RTF_ROW_DEFAULTS: rtf_row_defaults(); break;
    case RTF_ROW_HEADER: rtf_row_header(); break;
    case RTF_CELL_EDGE: rtf_cell_edge(number); break;
    case RTF_CELL_MERGED: rtf_cell_merged(false); break;
    case RTF_CELL_COVERED: rtf_cell_merged(true); break;
    case RTF_FROM_HTML: rtf_is_html = true; break;
    case RTF_HTML_SKIP: rtf_now.is_hidden = !token->has_number || number; break;
    default:
        if (known->action <= RTF_FIELD_RESULT) begin_destination(known);
        else if (known->action < RTF_PARAGRAPH_DEFAULTS) set_character(known, number,
                                                                       token->has_number);
        else set_paragraph(known->action, number);
    }
}
