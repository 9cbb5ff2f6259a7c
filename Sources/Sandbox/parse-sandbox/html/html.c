// HTML, as a browser shows it: decoded, read as a tree, and written block by block.
// Scripts, styles and other content that is not shown as text are dropped.
#include <string.h>
#include <strings.h>

#include "encoding.h"
#include "formats.h"
#include "html_page.h"
#include "writer.h"

/// The charset that a `<meta>` or an XML declaration in the first 2048 bytes declares; empty if
/// there is none.
static void declared_charset(const struct buffer *document, char name[32]) {
    size_t length = 0, window = document->length < 2048 ? document->length : 2048;
    char head[2049];
    for (size_t i = 0; i < window; i++) head[i] = document->bytes[i] ? document->bytes[i] : ' ';
    head[window] = 0;
    bool is_xml = !strncmp(head, "<?xml", 5);
    const char *end = is_xml ? strstr(head, "?>") : NULL;
    const char *found = strcasestr(head, end ? "encoding" : "charset");
    if (end && (!found || found > end)) found = strcasestr(head, "charset");
    if (found) {
        found += strcspn(found, "=");
        found += strspn(found, "=\"' \t\r\n");
        length = strcspn(found, "\"' \t\r\n/>;?");
        if (length > 31) length = 0;
        memcpy(name, found, length);
    }
    name[length] = 0;
}

/// Discards what is left of the page before.
static void reset(void) {
    buffer_free(&html_page.text);
    buffer_free(&html_page.title);
    buffer_free(&html_page.summary);
    memset(&html_page, 0, sizeof html_page);
}

void html_read(struct buffer *page, const char *charset) {
    char declared[32];
    declared_charset(page, declared);
    decode_text(page, charset && *charset ? charset : declared);
    html_read_decoded(page);
}

void html_read_decoded(const struct buffer *page) {
    reset();
    html_page.selection = html_select(page);
    html_walk(page, &html_writer);
    html_flush();
}

void html_read_document(struct buffer *page, const char *charset) {
    html_read(page, charset);
    // The title alone is not a text: scripts would load it.
    if (!wrote_blocks()) return;
    if (html_page.summary.length) write_summary_first(&html_page.summary);
    if (!wrote_top_heading()) write_title_first(&html_page.title);
}

void parse_html(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    html_read_document(document, NULL);
}
