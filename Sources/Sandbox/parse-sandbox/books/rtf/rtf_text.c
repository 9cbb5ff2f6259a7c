// The text of the document: characters, paragraphs, and text that is apart from the text around it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "encoding.h"
#include "rtf.h"
#include "running_text.h"
#include "symbols.h"
#include "writer.h"

struct rtf_frame rtf_frame;
struct buffer rtf_label, rtf_instruction, rtf_name, rtf_author, rtf_html;
bool rtf_is_html;

/// Bytes in the current code page that have not been decoded.
static struct buffer bytes;

static struct buffer *side_sink(void) {
    switch (rtf_now.sink) {
    case RTF_TO_FONTS: case RTF_TO_STYLES: return &rtf_name;
    case RTF_TO_LABEL: return &rtf_label;
    case RTF_TO_INSTRUCTION: return &rtf_instruction;
    case RTF_TO_AUTHOR: return &rtf_author;
    default: return NULL;
    }
}

void rtf_add_run(const char *text) {
    struct buffer *side = side_sink();
    if (rtf_now.is_hidden || rtf_now.sink == RTF_TO_NOTHING) return;
    if (rtf_is_html) {
        bool is_page = rtf_now.sink == RTF_TO_HTML || rtf_now.sink == RTF_TO_TEXT;
        if (is_page) buffer_text(&rtf_html, text);
        return;
    }
    if (side) buffer_text(side, text);
    else paragraph_run(&rtf_frame.paragraph, text, rtf_now.position);
}

static const char *code_page_name(int code_page, char name[24]) {
    static const struct { int code_page; const char *name; } names[] = {
        {932, "windows-31j"}, {936, "gbk"}, {949, "windows-949"}, {950, "big5"},
        {1361, "johab"}, {10000, "macintosh"}, {65001, "utf-8"}, {437, "cp437"}, {850, "cp850"},
        {852, "cp852"}, {866, "cp866"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].code_page == code_page) return names[i].name;
    }
    snprintf(name, 24, "windows-%d", code_page);
    return name;
}

void rtf_decode(void) {
    if (!bytes.length) return;
    bool is_ascii = true;
    for (size_t i = 0; i < bytes.length; i++) is_ascii &= (unsigned char)bytes.bytes[i] < 0x80;
    char name[24];
    bool is_known = is_ascii || decode_as(&bytes, code_page_name(rtf_now.code_page, name));
    if (!is_known) decode_text(&bytes, NULL);
    rtf_add_run(buffer_cstring(&bytes));
    buffer_clear(&bytes);
}

void rtf_add_byte(char byte) {
    if (rtf_now.sink == RTF_TO_NOTHING || rtf_now.is_hidden || !byte) return;
    bool is_symbol = rtf_now.symbols && (unsigned char)byte > ' ' && !side_sink();
    if (is_symbol) rtf_add_scalar((unsigned char)byte);
    else buffer_byte(&bytes, byte);
}

void rtf_add_scalar(uint32_t scalar) {
    static uint32_t high;
    bool is_pair = high && scalar >= 0xdc00 && scalar < 0xe000;
    bool is_high = scalar >= 0xd800 && scalar < 0xdc00;
    if (is_pair) scalar = 0x10000 + ((high - 0xd800) << 10) + (scalar - 0xdc00);
    high = is_high ? scalar : 0;
    if (is_high) return;
    rtf_decode();
    // Fonts of symbols have their characters in the private area or among the letters.
    bool is_private = scalar >= 0xf000 && scalar < 0xf100;
    if (rtf_now.symbols || is_private) {
        const char *font = rtf_now.symbols ? rtf_now.symbols : "Symbol";
        uint32_t known = symbol_scalar(font, is_private ? scalar - 0xf000 : scalar);
        if (known) scalar = known;
        else if (is_private || scalar < 0x100) return;
    }
    struct buffer text = {0};
    buffer_scalar(&text, scalar);
    rtf_add_run(buffer_cstring(&text));
    buffer_free(&text);
}

/// Uses the label that the writing program has stored with the item, such as "2.1" or a bullet.
static void take_label(struct paragraph *paragraph) {
    buffer_collapse(&rtf_label, false);
    size_t digits = strspn(buffer_cstring(&rtf_label), "0123456789");
    const char *rest = rtf_label.bytes + digits;
    bool is_number = digits && digits < 9 && (!strcmp(rest, ".") || !strcmp(rest, ")"));
    bool has_letter = digits > 0;
    for (size_t i = 0; i < rtf_label.length; i++) {
        has_letter |= ((rtf_label.bytes[i] | 0x20) >= 'a' && (rtf_label.bytes[i] | 0x20) <= 'z');
    }
    // A lone "o" is a bullet.
    bool is_bullet = !has_letter || !strcmp(rtf_label.bytes, "o");
    if (is_number) paragraph->ordinal = strtol(rtf_label.bytes, NULL, 10);
    if (!is_bullet) buffer_append(&paragraph->label, rtf_label.bytes, rtf_label.length);
    buffer_clear(&rtf_label);
}

/// Some programs write a bullet as text, followed by a tabulator.
static void take_bullet(struct paragraph *paragraph) {
    static const char bullet[] = "\xe2\x80\xa2\t";
    size_t length = sizeof bullet - 1;
    struct buffer *text = &paragraph->text;
    if (text->length <= length || memcmp(text->bytes, bullet, length)) return;
    memmove(text->bytes, text->bytes + length, text->length - length);
    text->length -= length;
    paragraph->list_level = 1;
}

void rtf_end_paragraph(void) {
    rtf_decode();
    struct paragraph *paragraph = &rtf_frame.paragraph;
    paragraph_end(paragraph);
    paragraph->heading = rtf_now.paragraph.outline ? rtf_now.paragraph.outline
                                                   : rtf_now.paragraph.heading;
    bool is_item = rtf_label.length || rtf_now.paragraph.is_list;
    if (is_item && !paragraph->heading) paragraph->list_level = rtf_now.paragraph.list_level + 1;
    if (rtf_label.length) take_label(paragraph);
    if (!is_item && !paragraph->heading) take_bullet(paragraph);
    bool is_collected = rtf_frame.kind != RTF_NO_ASIDE && rtf_frame.kind != RTF_BOX;
    if (is_collected || rtf_now.paragraph.in_table) {
        block_append(&rtf_frame.collected, paragraph);
    } else {
        // Blank lines between two tables separate them.
        if (rtf_frame.kind == RTF_NO_ASIDE) rtf_table_end();
        block_write(paragraph);
    }
    paragraph_clear(paragraph);
    rtf_frame.paragraphs++;
}

void rtf_begin_frame(struct rtf_scope *scope, enum rtf_aside kind) {
    scope->frame = checked_realloc(NULL, 1, sizeof *scope->frame);
    *scope->frame = rtf_frame;
    rtf_frame = (struct rtf_frame){.kind = kind};
    // Text in a cell cannot be a block of its own.
    bool is_inside = rtf_now.paragraph.in_table || scope->frame->kind != RTF_NO_ASIDE;
    if (kind == RTF_BOX && is_inside) rtf_frame.kind = RTF_NOTE;
    rtf_now.paragraph.in_table = rtf_now.paragraph.is_list = false;
    rtf_now.paragraph.heading = rtf_now.paragraph.outline = 0;
    rtf_now.is_hidden = false;
    rtf_now.position = 0;
}

void rtf_end_frame(struct rtf_scope *scope) {
    if (rtf_frame.paragraph.text.length || rtf_frame.paragraph.script.length) rtf_end_paragraph();
    struct rtf_frame inner = rtf_frame;
    rtf_frame = *scope->frame;
    free(scope->frame);
    switch (inner.kind) {
    case RTF_NOTE: paragraph_note(&rtf_frame.paragraph, &inner.collected); break;
    case RTF_COMMENT:
        paragraph_comment(&rtf_frame.paragraph, buffer_cstring(&rtf_author), &inner.collected);
        buffer_clear(&rtf_author);
        break;
    case RTF_RUNNING: running_text_write(&inner.collected); break;
    default: write_paragraph(&inner.collected); break;
    }
    paragraph_free(&inner.paragraph);
    buffer_free(&inner.collected);
}

/// The address in `HYPERLINK "address"`; NULL if the field is not a link to one.
static char *link_address(void) {
    const char *at = buffer_cstring(&rtf_instruction);
    at += strspn(at, " \t\r\n");
    if (strncasecmp(at, "HYPERLINK", 9)) return NULL;
    at += 9 + strspn(at + 9, " \t");
    if (*at != '"') return NULL;
    char *address = checked_copy(at + 1);
    address[strcspn(address, "\"")] = 0;
    return address;
}

static bool is_page_number(void) {
    const char *at = buffer_cstring(&rtf_instruction);
    at += strspn(at, " \t\r\n");
    return rtf_frame.kind == RTF_RUNNING && (!strncasecmp(at, "PAGE", 4) ||
        !strncasecmp(at, "NUMPAGES", 8) || !strncasecmp(at, "SECTIONPAGES", 12));
}

void rtf_begin_field_result(struct rtf_scope *field) {
    if (is_page_number()) {
        rtf_add_run(RUNNING_PAGE_MARK);
        rtf_now.sink = RTF_TO_NOTHING;
    }
    if (field->address) return;
    field->address = link_address();
    field->mark = paragraph_mark(&rtf_frame.paragraph);
    field->paragraph = rtf_frame.paragraphs;
}

void rtf_end_field(struct rtf_scope *field) {
    enum { CHECKBOX = 1 };
    bool is_text = rtf_now.sink == RTF_TO_TEXT && !rtf_now.is_hidden;
    if (is_text && field->form_type == CHECKBOX) {
        rtf_add_run(field->form_result == 1 ? "\xe2\x98\x92" : "\xe2\x98\x90");
    }
    bool is_same = is_text && field->paragraph == rtf_frame.paragraphs;
    if (is_same) paragraph_link(&rtf_frame.paragraph, field->mark, field->address);
    free(field->address);
}
