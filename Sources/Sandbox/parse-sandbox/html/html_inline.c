// Elements inside a block's text: links, raised and lowered text, fields of forms, pictures.
#include <string.h>
#include <strings.h>

#include "html_inline.h"
#include "html_page.h"
#include "scripts.h"

enum {
    /// A longer address is left out: it is not meant for readers.
    address_bytes_max = 200,
    /// Longer raised or lowered text is not an exponent or an index.
    script_bytes_max = 60,
};

enum {
    /// The flags of a link to a place on the same page, and of a formula whose source was read.
    LINK_INSIDE = 1 << 8,
    MATH_IS_READ = 1 << 9,
};

static bool is_web_address(const char *address) {
    return !strncasecmp(address, "http://", 7) || !strncasecmp(address, "https://", 8);
}

/// The host of a web address, and its length.
static struct html_slice host_of(const char *address) {
    const char *host = strstr(address, "//");
    host = host ? host + 2 : address;
    if (!strncasecmp(host, "www.", 4)) host += 4;
    return (struct html_slice){host, strcspn(host, "/?#:")};
}

void html_set_host(const char *address) {
    struct html_slice host = host_of(address);
    if (!is_web_address(address) || host.length >= sizeof html_page.host) return;
    memcpy(html_page.host, host.at, host.length);
    html_page.host[host.length] = 0;
}

/// Whether the text already shows the address, with or without its scheme.
static bool shows(struct html_slice text, const char *address) {
    if (!strncasecmp(address, "mailto:", 7)) address += 7;
    else address = host_of(address).at;
    size_t length = strlen(address);
    if (length && address[length - 1] == '/') length--;
    return memmem(text.at, text.length, address, length) != NULL;
}

/// Whether an address is for readers, and leads away from the page's own host.
static bool is_outside(const char *address) {
    bool is_mail = !strncasecmp(address, "mailto:", 7) && address[7];
    struct html_slice host = host_of(address);
    bool is_own = strlen(html_page.host) == host.length &&
        !strncasecmp(host.at, html_page.host, host.length);
    bool leads_outside = is_mail || (is_web_address(address) && host.length && !is_own);
    return leads_outside && strlen(address) <= address_bytes_max && !strpbrk(address, " \n<>");
}

void html_append_address(struct buffer *text, size_t start, struct html_slice href) {
    if (!href.length || href.length > address_bytes_max * 4) return;
    const char *address = html_resolve(href);
    struct html_slice shown = {text->bytes + start, text->length - start};
    if (!shown.length || !is_outside(address) || shows(shown, address)) return;
    bool is_mail = !strncasecmp(address, "mailto:", 7);
    buffer_text(text, " (");
    if (is_mail) buffer_append(text, address + 7, strcspn(address + 7, "?"));
    else buffer_text(text, address);
    buffer_byte(text, ')');
}

static void begin_link(struct html_open *open, const struct html_token *tag) {
    const struct html_slice *address = html_attribute(tag, "href");
    if (!address) return;
    open->address = *address;
    if (address->length && *address->at == '#') open->flags |= LINK_INSIDE;
}

/// The text of an open element since it began; empty if its block has ended since.
static struct html_slice text_of(const struct html_open *open) {
    struct html_page *page = &html_page;
    if (open->block != page->block || open->mark > page->text.length) {
        return (struct html_slice){"", 0};
    }
    struct html_slice text = {page->text.bytes + open->mark, page->text.length - open->mark};
    while (text.length && strchr(" \t\r\n", *text.at)) text.at++, text.length--;
    while (text.length && strchr(" \t\r\n", text.at[text.length - 1])) text.length--;
    return text;
}

/// Whether the text is the mark of a link to the place itself, beside headings.
static bool is_permalink(struct html_slice text) {
    static const char *const marks[] = {"\u00b6", "#", "\u00a7", "\U0001f517"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (text.length == strlen(marks[i]) && !memcmp(text.at, marks[i], text.length)) return true;
    }
    return false;
}

static void end_link(const struct html_open *open) {
    struct html_page *page = &html_page;
    struct html_slice text = text_of(open);
    if (open->flags & LINK_INSIDE && is_permalink(text)) page->text.length = open->mark;
    bool fits = !page->pre_depth && !page->heading && !html_is_open(HTML_nav);
    if (fits && text.length) html_append_address(&page->text, open->mark, open->address);
}

/// Raises or lowers the element's text, which is an exponent, an index or the mark of a note.
static void end_script(const struct html_open *open) {
    struct html_slice text = text_of(open);
    if (!text.length || text.length > script_bytes_max) return;
    if (open->element == HTML_sup) buffer_raise(&html_page.text, open->mark);
    else buffer_lower(&html_page.text, open->mark);
}

/// Separates the value of a field from its neighbours.
static void append_value(const char *value) {
    buffer_byte(&html_page.text, ' ');
    buffer_text(&html_page.text, value);
    buffer_byte(&html_page.text, ' ');
}

static void read_input(const struct html_token *tag) {
    static const char *const without_value[] = {
        "hidden", "password", "file", "submit", "reset", "button",
    };
    if (html_value_is(tag, "type", "checkbox") || html_value_is(tag, "type", "radio")) {
        append_value(html_attribute(tag, "checked") ? "\u2612" : "\u2610");
        return;
    }
    if (html_value_is(tag, "type", "image")) {
        append_value(html_value(tag, "alt"));
        return;
    }
    for (size_t i = 0; i < sizeof without_value / sizeof *without_value; i++) {
        if (html_value_is(tag, "type", without_value[i])) return;
    }
    append_value(html_value(tag, "value"));
}

/// Reads what the page says of itself. A description for search engines comes before one for
/// others.
static void read_meta(const struct html_token *tag) {
    struct html_page *page = &html_page;
    bool is_summary = html_value_is(tag, "name", "description");
    bool is_other_summary = html_value_is(tag, "property", "og:description");
    if (is_summary || (is_other_summary && !page->summary.length)) {
        buffer_clear(&page->summary);
        buffer_text(&page->summary, html_value(tag, "content"));
    } else if (html_value_is(tag, "property", "og:url")) {
        html_set_host(html_value(tag, "content"));
    }
}

/// TeX source is what a formula is searched for, and replaces the marks that show it.
static bool begin_annotation(const struct html_token *tag) {
    struct html_open *math = html_innermost(HTML_math);
    bool is_tex = html_value_is(tag, "encoding", "application/x-tex");
    if (!is_tex || !math || math->block != html_page.block) return false;
    if (math->mark > html_page.text.length || math->flags & MATH_IS_READ) return false;
    html_page.text.length = math->mark;
    math->flags |= MATH_IS_READ;
    buffer_byte(&html_page.text, '$');
    return true;
}

static void end_annotation(void) {
    struct html_open *math = html_innermost(HTML_math);
    buffer_byte(&html_page.text, '$');
    if (math) math->mark = html_page.text.length;
}

bool html_begin_inline(struct html_open *open, const struct html_token *tag) {
    struct html_page *page = &html_page;
    open->mark = page->text.length;
    open->block = page->block;
    switch (tag->element) {
    case HTML_a: begin_link(open, tag); break;
    case HTML_br: buffer_byte(&page->text, '\n'); break;
    case HTML_img: case HTML_area: buffer_text(&page->text, html_value(tag, "alt")); break;
    case HTML_input: read_input(tag); break;
    case HTML_option:
        if (!html_is_open(HTML_select)) html_flush();
        else if (!html_attribute(tag, "selected")) return false;
        buffer_byte(&page->text, ' ');
        break;
    case HTML_textarea: buffer_byte(&page->text, ' '); break;
    case HTML_q: buffer_text(&page->text, "\u201c"); break;
    case HTML_rt: buffer_byte(&page->text, '('); break;
    case HTML_annotation: return begin_annotation(tag);
    case HTML_meta: read_meta(tag); break;
    case HTML_base: html_set_host(html_value(tag, "href")); break;
    case HTML_link:
        if (html_value_is(tag, "rel", "canonical")) html_set_host(html_value(tag, "href"));
        break;
    case HTML_code: if (page->pre_depth && !*page->language) html_language(tag, page->language);
    default: break;
    }
    return true;
}

void html_end_inline(const struct html_open *open) {
    struct html_page *page = &html_page;
    switch (open->element) {
    case HTML_a: end_link(open); break;
    case HTML_sup: case HTML_sub: end_script(open); break;
    case HTML_option: case HTML_textarea: buffer_byte(&page->text, ' '); break;
    case HTML_q: buffer_text(&page->text, "\u201d"); break;
    case HTML_rt: buffer_byte(&page->text, ')'); break;
    case HTML_annotation: end_annotation(); break;
    case HTML_math:
        if (open->flags & MATH_IS_READ && open->block == page->block) {
            page->text.length = open->mark;
        }
        break;
    case HTML_title: page->has_title = true; break;
    default: break;
    }
}

/// Languages of code blocks are named by a class such as `language-c` or `highlight-python3`.
void html_language(const struct html_token *tag, char language[32]) {
    static const char *const prefixes[] = {
        "language-", "lang-", "highlight-source-", "highlight-",
    };
    const char *end, *class = html_value(tag, "class");
    *language = 0;
    for (; *class; class = end + strspn(end, " ")) {
        end = class + strcspn(class, " ");
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            size_t length = strlen(prefixes[i]);
            if (strncmp(class, prefixes[i], length)) continue;
            class += length;
            size_t size = strspn(class, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789+#_-");
            bool is_named = size && size < 32 && class + size == end &&
                strncmp(class, "default", size) && strncmp(class, "none", size) &&
                strncmp(class, "text", size);
            if (is_named) memcpy(language, class, size), language[size] = 0;
            return;
        }
    }
}
