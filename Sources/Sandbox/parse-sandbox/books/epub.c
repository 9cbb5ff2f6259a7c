// EPUB 2 and 3: the chapters in the order of reading, each through the reader of HTML. The table of
// contents is left out; it gives a title to chapters that have no heading.
#include "epub.h"

#include <string.h>

#include "archive.h"
#include "failure.h"
#include "formats.h"
#include "report.h"
#include "writer.h"

/// Whether the page has a heading of its own.
static bool has_heading(const struct buffer *page) {
    const char *at = page->bytes, *end = at + page->length;
    while ((at = memchr(at, '<', (size_t)(end - at))) && end - at > 3) {
        if ((at[1] | 0x20) == 'h' && at[2] >= '1' && at[2] <= '6') return true;
        at++;
    }
    return false;
}

static void write_line_of(const char *label, const struct buffer *text, struct buffer *lines) {
    if (!text->length) return;
    buffer_text(lines, label);
    buffer_append(lines, text->bytes, text->length);
    buffer_byte(lines, '\n');
}

static void write_metadata(struct epub_package *package) {
    struct buffer lines = {0};
    write_heading(1, &package->title);
    buffer_collapse(&package->authors, false);
    buffer_collapse(&package->language, false);
    write_line_of("Author: ", &package->authors, &lines);
    write_line_of("Language: ", &package->language, &lines);
    write_paragraph(&lines);
    buffer_free(&lines);
}

/// Writes a chapter. Returns whether it was found.
static bool write_chapter(const struct epub_item *item) {
    struct buffer page = {0}, title = {0};
    if (!archive_read(item->path, &page)) return false;
    if (item->title && page.length && !has_heading(&page)) {
        buffer_text(&title, item->title);
        write_heading(1, &title);
    }
    html_read(&page, NULL);
    buffer_free(&page);
    buffer_free(&title);
    return true;
}

void parse_epub(struct buffer *document, struct pages *pages) {
    struct epub_package package = {0};
    pages->in_source = -1;
    archive_open(document);
    epub_open(&package);
    write_metadata(&package);
    size_t chapters = 0;
    for (size_t i = 0; i < package.order_count; i++) {
        const struct epub_item *item = &package.items[package.order[i]];
        if (item->is_navigation) continue;
        bool is_read = item->is_page && write_chapter(item);
        if (is_read) chapters++;
        else report_warning(WARNING_PART_UNSUPPORTED, 0);
    }
    if (!chapters) fail(FAILURE_NO_TEXT, "the book contains no chapters");
}
