// The blocks of a page: paragraphs, headings, lists, definitions and code.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "html_page.h"
#include "writer.h"

/// Longer terms are a block of their own.
enum { terms_bytes_max = 2048 };

struct html_page html_page;

int html_index(int depth) { return depth > html_nesting_max ? html_nesting_max - 1 : depth - 1; }

/// Whether the block so far is only boxes of a form whose labels are elsewhere.
static bool is_only_boxes(const struct buffer *text) {
    size_t boxes = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (strchr(" \t\r\n", text->bytes[i])) continue;
        bool is_box = text->length - i > 2 && (!memcmp(text->bytes + i, "\u2610", 3) ||
                                               !memcmp(text->bytes + i, "\u2612", 3));
        if (!is_box) return false;
        boxes++;
        i += 2;
    }
    return boxes > 0;
}

static void write_item_text(struct html_page *page) {
    int index = html_index(page->list_depth);
    write_item(page->list_depth, page->ordinals[index], &page->text);
    if (page->ordinals[index] && page->ordinals[index] < LONG_MAX) page->ordinals[index]++;
    page->item_pending = false;
}

void html_flush(void) {
    struct html_page *page = &html_page;
    if (html_in_cell()) {
        buffer_byte(&page->text, ' ');
        return;
    }
    page->term_length = 0;
    if (is_only_boxes(&page->text)) buffer_clear(&page->text);
    if (page->heading) {
        write_heading(page->heading, &page->text);
    } else if (page->item_pending && page->list_depth) {
        buffer_collapse(&page->text, true);
        if (!page->text.length) return;  // The item's text follows in its own block.
        write_item_text(page);
    } else {
        write_paragraph(&page->text);
    }
    buffer_clear(&page->text);
    page->block++;
}

/// Ends the current block, unless it is a term whose definition follows in the same paragraph.
static void flush_unless_term(void) {
    struct html_page *page = &html_page;
    size_t length = page->text.length;
    bool has_term = page->term_length && !html_in_cell();
    while (has_term && length && strchr(" \t\r\n", page->text.bytes[length - 1])) length--;
    if (!has_term || length > page->term_length) html_flush();
}

static void end_term(void) {
    struct html_page *page = &html_page;
    if (html_in_cell()) {
        html_flush();
        return;
    }
    buffer_collapse(&page->text, true);
    page->term_length = page->text.length;
    if (page->term_length > terms_bytes_max) html_flush();
    else if (page->term_length) buffer_byte(&page->text, '\n');
}

static void begin_list(const struct html_token *tag) {
    struct html_page *page = &html_page;
    html_flush();
    page->list_depth++;
    long first = html_attribute(tag, "start") ? strtol(html_value(tag, "start"), NULL, 10) : 1;
    bool is_ordered = tag->element == HTML_ol;
    page->ordinals[html_index(page->list_depth)] = is_ordered ? (first > 0 ? first : 1) : 0;
    page->item_pending = false;
}

static void begin_item(const struct html_token *tag) {
    struct html_page *page = &html_page;
    html_flush();
    page->item_pending = true;
    if (!page->list_depth || !html_attribute(tag, "value")) return;
    long ordinal = strtol(html_value(tag, "value"), NULL, 10);
    long *next = &page->ordinals[html_index(page->list_depth)];
    if (*next && ordinal > 0) *next = ordinal;
}

static void begin_pre(const struct html_token *tag) {
    struct html_page *page = &html_page;
    if (page->pre_depth++) return;
    html_flush();
    html_language(tag, page->language);
}

static void end_pre(void) {
    struct html_page *page = &html_page;
    if (--page->pre_depth || html_in_cell()) return;
    write_code_in(*page->language ? page->language : page->outer_language, &page->text);
    buffer_clear(&page->text);
    page->block++;
    page->item_pending = false;
}

static void begin_block(const struct html_token *tag) {
    struct html_page *page = &html_page;
    switch (tag->element) {
    case HTML_h1: case HTML_h2: case HTML_h3: case HTML_h4: case HTML_h5: case HTML_h6:
        html_open_up_table();
        html_flush();
        page->heading = html_heading_level(tag->element);
        break;
    case HTML_ul: case HTML_ol: case HTML_menu: case HTML_dir: begin_list(tag); break;
    case HTML_li: begin_item(tag); break;
    case HTML_pre: case HTML_listing: case HTML_xmp: case HTML_plaintext: begin_pre(tag); break;
    case HTML_dt: case HTML_dd: case HTML_p: flush_unless_term(); break;
    case HTML_div:
        html_language(tag, page->outer_language);
        flush_unless_term();
        break;
    default: html_flush();
    }
}

static bool start(struct html_open *open, const struct html_token *tag) {
    if (html_is_hidden(tag)) return false;
    if (html_begin_part(open, tag, html_page.selection)) return false;
    switch (tag->element) {
    case HTML_table: html_begin_table(tag); break;
    case HTML_td: case HTML_th: html_begin_cell(tag); break;
    case HTML_caption: html_flush(); break;
    default:
        if (html_traits(tag->element) & HTML_BLOCK) begin_block(tag);
        else return html_begin_inline(open, tag);
    }
    return true;
}

static void end_list(void) {
    struct html_page *page = &html_page;
    html_flush();
    if (page->list_depth && --page->list_depth == 0) write_list_end();
    page->item_pending = false;
}

static void end_block(enum html_element element) {
    struct html_page *page = &html_page;
    switch (element) {
    case HTML_ul: case HTML_ol: case HTML_menu: case HTML_dir: end_list(); break;
    case HTML_pre: case HTML_listing: case HTML_xmp: case HTML_plaintext: end_pre(); break;
    case HTML_dt: end_term(); break;
    case HTML_li:
        html_flush();
        page->item_pending = false;
        break;
    default:
        html_flush();
        if (html_heading_level(element)) page->heading = 0;
        if (element == HTML_div) *page->outer_language = 0;
    }
}

static void end(struct html_open *open) {
    html_end_part(open);
    switch (open->element) {
    case HTML_table: html_end_table(); break;
    case HTML_td: case HTML_th: html_end_cell(); break;
    case HTML_tr: html_end_row(); break;
    case HTML_caption: html_end_caption(); break;
    default:
        if (html_traits(open->element) & HTML_BLOCK) end_block(open->element);
        else html_end_inline(open);
    }
}

static void text(const struct html_token *token) {
    struct buffer *buffer = &html_page.text;
    if (html_is_open(HTML_title)) {
        if (html_page.has_title) return;
        buffer = &html_page.title;
    }
    if (token->has_references) html_append(buffer, token->text, false);
    else buffer_append(buffer, token->text.at, token->text.length);
}

const struct html_visitor html_writer = {start, end, text};
