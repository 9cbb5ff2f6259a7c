// The parts of a page: its main text; its navigation; its frame, which is the header, the footer,
// the sidebars and the dialogs around the main text; and what is hidden.
//
// Navigation is left out. The frame is left out where the page marks its main text, by <main>,
// <article> or role="main". Both stay if they are nearly all of the page: it then is a table of
// contents, or its marks are wrong.
#include <string.h>
#include <strings.h>

#include "html_page.h"
#include "report.h"

enum part { PART_MAIN = 1, PART_NAVIGATION = 2, PART_FRAME = 4, PART_HIDDEN = 8 };

/// How many elements of each part are open, indexed by the bits above.
static int open_parts[PART_HIDDEN + 1];
/// The characters of the page's parts.
static struct { size_t all, main, navigation, frame, hidden; bool has_main_inside; } share;
/// Whether hidden elements count as shown: a script shows the page when it is complete.
static bool shows_hidden;

static bool contains(const struct html_slice *text, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 0; text && i + length <= text->length; i++) {
        if (!strncasecmp(text->at + i, word, length)) return true;
    }
    return false;
}

/// Whether a style sets the property to the value.
static bool sets(const struct html_slice *style, const char *property, const char *value) {
    size_t length = strlen(property);
    const char *at = style->at, *end = at + style->length;
    for (; at + length < end; at++) {
        if (strncasecmp(at, property, length)) continue;
        const char *next = at + length;
        while (next < end && strchr(" \t\n:", *next)) next++;
        size_t left = (size_t)(end - next), size = strlen(value);
        if (left >= size && !strncasecmp(next, value, size)) return true;
    }
    return false;
}

bool html_is_hidden(const struct html_token *tag) {
    if (shows_hidden) return false;
    if (tag->element == HTML_dialog) return !html_attribute(tag, "open");
    if (!tag->attribute_count || tag->element == HTML_body) return false;
    const struct html_slice *style = html_attribute(tag, "style");
    if (style && (sets(style, "display", "none") || sets(style, "visibility", "hidden"))) {
        return true;
    }
    if (html_attribute(tag, "hidden")) return !html_value_is(tag, "hidden", "until-found");
    // Saved pages hide their whole text from screen readers while a dialog is open, so this
    // attribute counts only on the small elements that contain icons.
    enum html_element element = tag->element;
    bool is_small = element == HTML_span || element == HTML_i || element == HTML_b ||
        element == HTML_em || element == HTML_a;
    return is_small && html_value_is(tag, "aria-hidden", "true");
}

static bool is_cookie_notice(const struct html_token *tag) {
    if (!(html_traits(tag->element) & HTML_BLOCK)) return false;
    static const char *const words[] = {"cookie", "consent", "gdpr", "onetrust"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (contains(html_attribute(tag, "class"), words[i])) return true;
        if (contains(html_attribute(tag, "id"), words[i])) return true;
    }
    return false;
}

static unsigned part_of(const struct html_token *tag) {
    static const struct { const char *role; unsigned part; } roles[] = {
        {"main", PART_MAIN}, {"navigation", PART_NAVIGATION}, {"banner", PART_FRAME},
        {"contentinfo", PART_FRAME}, {"complementary", PART_FRAME}, {"dialog", PART_FRAME},
        {"alertdialog", PART_FRAME},
    };
    switch (tag->element) {
    case HTML_main: case HTML_article: return PART_MAIN;
    case HTML_nav: return PART_NAVIGATION;
    case HTML_header: case HTML_footer: case HTML_aside: return PART_FRAME;
    default: break;
    }
    if (!tag->attribute_count) return 0;
    for (size_t i = 0; html_attribute(tag, "role") && i < sizeof roles / sizeof *roles; i++) {
        if (html_value_is(tag, "role", roles[i].role)) return roles[i].part;
    }
    return is_cookie_notice(tag) ? PART_FRAME : 0;
}

bool html_begin_part(struct html_open *open, const struct html_token *tag,
                     enum html_selection selection) {
    unsigned part = part_of(tag);
    // The header and the notes of an article belong to it.
    if (part == PART_FRAME && open_parts[PART_MAIN]) part = 0;
    open->flags |= part;
    open_parts[part]++;
    return (part == PART_NAVIGATION && selection >= HTML_WITHOUT_NAVIGATION) ||
        (part == PART_FRAME && selection == HTML_WITHOUT_FRAME);
}

void html_end_part(const struct html_open *open) {
    open_parts[open->flags & (PART_MAIN | PART_NAVIGATION | PART_FRAME)]--;
}

static bool starts(struct html_open *open, const struct html_token *tag) {
    if (html_is_hidden(tag)) {
        open->flags = PART_HIDDEN;
        open_parts[PART_HIDDEN]++;
        return true;
    }
    html_begin_part(open, tag, HTML_KEEP_ALL);
    bool is_inside = open_parts[PART_NAVIGATION] || open_parts[PART_FRAME];
    bool is_main = tag->element == HTML_main || html_value_is(tag, "role", "main");
    share.has_main_inside |= is_main && is_inside;
    return true;
}

static void ends(struct html_open *open) {
    if (open->flags & PART_HIDDEN) open_parts[PART_HIDDEN]--;
    else html_end_part(open);
}

static void count(const struct html_token *text) {
    size_t characters = 0;
    for (size_t i = 0; i < text->text.length; i++) characters += text->text.at[i] > ' ';
    if (!characters || html_is_open(HTML_title)) return;
    if (open_parts[PART_HIDDEN]) {
        share.hidden += characters;
        return;
    }
    share.all += characters;
    if (open_parts[PART_NAVIGATION]) share.navigation += characters;
    else if (open_parts[PART_FRAME]) share.frame += characters;
    else if (open_parts[PART_MAIN]) share.main += characters;
}

enum html_selection html_select(const struct buffer *page) {
    static const struct html_visitor measure = {starts, ends, count};
    memset(&share, 0, sizeof share);
    memset(open_parts, 0, sizeof open_parts);
    shows_hidden = false;
    html_walk(page, &measure);
    if (share.all * 50 < share.hidden) {
        shows_hidden = true;
        return HTML_KEEP_ALL;
    }
    enum html_selection selection = HTML_WITHOUT_FRAME;
    bool is_marked = share.main && share.main * 10 >= share.all;
    if (!is_marked) selection = HTML_WITHOUT_NAVIGATION;
    size_t rest = share.all - share.navigation;
    if (!rest || rest * 10 < share.all || share.has_main_inside) selection = HTML_KEEP_ALL;
    bool drops_navigation = selection >= HTML_WITHOUT_NAVIGATION && share.navigation;
    bool drops_frame = selection == HTML_WITHOUT_FRAME && share.frame;
    if (share.hidden) report_warning(WARNING_HIDDEN_CONTENT_SKIPPED, 0);
    if (drops_navigation || drops_frame) report_warning(WARNING_PAGE_FRAME_SKIPPED, 0);
    return selection;
}
