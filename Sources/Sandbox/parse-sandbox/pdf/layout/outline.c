// The document's outline as evidence for headings: a line that is the title of a bookmark, on the
// page that the bookmark leads to.
#include <stdlib.h>
#include <string.h>

#include "pdf_lines.h"

enum { bookmarks_max = 5000, depth_max = 6, title_units_max = 300, title_lines_max = 3 };

static struct pdf_lines *all;
static pdf_document document;
static int page_count, bookmarks_left;
/// The first line of each page.
static size_t *page_starts;

/// Appends letters and digits of a text in lower case, so that blanks and dots do not matter.
static void append_plain(struct buffer *plain, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 'A' && byte <= 'Z') byte |= 0x20;
        bool kept = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
        if (kept) buffer_byte(plain, (char)byte);
    }
}

static struct buffer title_of(pdf_bookmark bookmark) {
    uint16_t units[title_units_max];
    struct buffer title = {0}, plain = {0};
    unsigned long bytes = pdfium.Bookmark_GetTitle(bookmark, units, sizeof units);
    if (bytes > sizeof units) return plain;
    for (size_t i = 0; i + 1 < bytes / 2; i++) buffer_scalar(&title, units[i]);
    append_plain(&plain, title.bytes, title.length);
    buffer_free(&title);
    return plain;
}

/// Lines from `first` on that together are the title; 0 if they are not.
static size_t lines_of_title(const struct buffer *title, size_t first, size_t end) {
    struct buffer plain = {0};
    size_t count = 0, found = 0;
    while (!found && count < title_lines_max && first + count < end) {
        const struct pdf_line *line = &all->items[first + count++];
        if (line->table) break;
        append_plain(&plain, pdf_line_text(all, line), line->length);
        if (plain.length > title->length) break;
        bool same = plain.length == title->length;
        if (memcmp(plain.bytes ? plain.bytes : "", title->bytes, plain.length)) break;
        if (same) found = count;
    }
    buffer_free(&plain);
    return found;
}

static void mark(pdf_bookmark bookmark, int level) {
    pdf_destination destination = pdfium.Bookmark_GetDest(document, bookmark);
    int page = destination ? pdfium.Dest_GetDestPageIndex(document, destination) : -1;
    struct buffer title = title_of(bookmark);
    for (size_t i = page < 0 || page >= page_count ? 0 : page_starts[page];
         page >= 0 && page < page_count && title.length > 2 && i < page_starts[page + 1]; i++) {
        size_t lines = lines_of_title(&title, i, page_starts[page + 1]);
        for (size_t line = 0; line < lines; line++) all->items[i + line].named_heading = level;
        all->items[i].begins_title |= lines > 0;
        if (lines) break;
    }
    buffer_free(&title);
}

static void walk(pdf_bookmark parent, int level) {
    pdf_bookmark at = pdfium.Bookmark_GetFirstChild(document, parent);
    for (; at && bookmarks_left-- > 0; at = pdfium.Bookmark_GetNextSibling(document, at)) {
        mark(at, level);
        if (level < depth_max) walk(at, level + 1);
    }
}

void pdf_lines_mark_outline(struct pdf_lines *lines, pdf_document of_document, int pages) {
    all = lines;
    document = of_document;
    page_count = pages;
    bookmarks_left = bookmarks_max;
    page_starts = checked_realloc(NULL, (size_t)pages + 1, sizeof *page_starts);
    size_t line = 0;
    for (int page = 0; page <= pages; page++) {
        while (line < lines->count && lines->items[line].page < page) line++;
        page_starts[page] = line;
    }
    walk(NULL, 1);
    free(page_starts);
}
