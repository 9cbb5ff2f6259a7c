// Writes all pages: headers, text and tables, footers. Paragraphs and tables go on over the end of
// a page.
#include <stdlib.h>

#include "pdf_blocks.h"
#include "pdf_scan.h"
#include "writer.h"

static struct pdf_lines *all;

static bool is_body(const struct pdf_line *line) {
    return !line->furniture && !line->header && !line->footer;
}

/// The end of the table that begins with a line.
static const struct pdf_line *table_end_after(const struct pdf_line *line) {
    const struct pdf_line *end = all->items + all->count, *next = line;
    while (next < end && next->table == line->table) next++;
    return next;
}

static void write_body(const struct pdf_line *first, const struct pdf_line *end) {
    for (const struct pdf_line *line = first; line < end;) {
        if (!is_body(line)) {
            line++;
        } else if (line->table) {
            pdf_end_block();
            const struct pdf_line *after = table_end_after(line);
            pdf_write_table(all, line, after);
            line = after;
        } else {
            pdf_end_table();
            pdf_take_line(line++);
        }
    }
}

/// Writes the headers or the footers of a page as blocks of their own.
static void write_margin(const struct pdf_line *first, const struct pdf_line *end, bool footers) {
    bool any = false;
    for (const struct pdf_line *line = first; line < end; line++) {
        if (line->furniture || !(footers ? line->footer : line->header)) continue;
        pdf_take_line(line);
        any = true;
    }
    if (any) pdf_end_block();
}

static bool has_margin(const struct pdf_line *first, const struct pdf_line *end) {
    for (const struct pdf_line *line = first; line < end; line++) {
        if (!line->furniture && (line->footer || line->header)) return true;
    }
    return false;
}

static const struct pdf_line *page_end(const struct pdf_line *first, int page) {
    const struct pdf_line *end = all->items + all->count;
    while (first < end && first->page == page) first++;
    return first;
}

static const struct pdf_line *first_body(const struct pdf_line *first, const struct pdf_line *end) {
    while (first < end && !is_body(first)) first++;
    return first < end ? first : NULL;
}

void pdf_layout_write(struct pdf_lines *lines, int pages) {
    all = lines;
    pdf_blocks_begin(lines);
    const struct pdf_line *first = lines->items, *end = first;
    for (int page = 0; page < pages; page++, first = end) {
        end = page_end(first, page);
        write_margin(first, end, false);
        write_body(first, end);
        const struct pdf_line *after = page_end(end, page + 1);
        const struct pdf_line *next = first_body(end, after);
        bool plain = !has_margin(end, after);
        bool block_goes_on = plain && pdf_block_goes_on(next);
        if (block_goes_on) pdf_set_block_aside();
        write_margin(first, end, true);
        if (block_goes_on) {
            pdf_resume_block();
            continue;
        }
        pdf_end_block();
        if (plain && pdf_table_goes_on(all, next)) continue;
        pdf_end_table();
        pdf_scan_write(page);
        if (page + 1 < pages) write_page_break();
    }
}
