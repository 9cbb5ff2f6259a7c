#include "html_tree.h"

#include <string.h>

enum {
    /// As in browsers: a deeper element ends the one before it, and so becomes its neighbour.
    depth_max = 512,
};

static struct {
    const struct html_visitor *visitor;
    struct html_open open[depth_max];
    int depth, skipping;
    /// How many elements of each kind are open.
    int count[HTML_ELEMENT_COUNT];
} tree;

static void pop(void) {
    struct html_open *last = &tree.open[tree.depth - 1];
    if (last->skips) tree.skipping--;
    if (!last->is_silent) tree.visitor->ends(last);
    tree.count[last->element]--;
    tree.depth--;
}

static void pop_to(int index) {
    while (tree.depth > index) pop();
}

/// The index of the innermost such element up to the innermost of `bounds`; -1 if there is none.
static int find(enum html_element element, uint32_t name, const enum html_element *bounds) {
    if (!tree.count[element]) return -1;
    for (int i = tree.depth - 1; i >= 0; i--) {
        const struct html_open *open = &tree.open[i];
        if (open->element == element && open->name == name) return i;
        for (const enum html_element *bound = bounds; *bound != HTML_any; bound++) {
            if (open->element == *bound) return -1;
        }
    }
    return -1;
}

static const enum html_element
    scope[] = {HTML_table, HTML_td, HTML_th, HTML_caption, HTML_template, HTML_object, HTML_any},
    button_scope[] = {HTML_button, HTML_table, HTML_td, HTML_th, HTML_caption, HTML_template,
                      HTML_object, HTML_any},
    list_scope[] = {HTML_ul, HTML_ol, HTML_menu, HTML_dir, HTML_table, HTML_td, HTML_th,
                    HTML_template, HTML_any},
    definition_scope[] = {HTML_dl, HTML_table, HTML_td, HTML_th, HTML_template, HTML_any},
    table_scope[] = {HTML_table, HTML_template, HTML_any},
    no_scope[] = {HTML_any};

static void close(enum html_element element, const enum html_element *bounds) {
    int index = find(element, 0, bounds);
    if (index >= 0) pop_to(index);
}

static void close_cells(void) {
    close(HTML_td, table_scope);
    close(HTML_th, table_scope);
}

static bool is_in_cell(void) {
    return find(HTML_td, 0, table_scope) >= 0 || find(HTML_th, 0, table_scope) >= 0 ||
        find(HTML_caption, 0, table_scope) >= 0;
}

static void close_row_groups(void) {
    close(HTML_tr, table_scope);
    close(HTML_thead, table_scope);
    close(HTML_tbody, table_scope);
    close(HTML_tfoot, table_scope);
}

/// Ends an inline element, but not the blocks inside it that are still open.
static void end_inline(int index) {
    for (int i = index + 1; i < tree.depth; i++) {
        if (!(html_traits(tree.open[i].element) & (HTML_BLOCK | HTML_SCOPE))) continue;
        struct html_open *open = &tree.open[index];
        if (open->skips) tree.skipping--;
        if (!open->is_silent) tree.visitor->ends(open);
        tree.count[open->element]--;
        *open = (struct html_open){.element = HTML_any, .is_silent = true};
        tree.count[HTML_any]++;
        return;
    }
    pop_to(index);
}

/// Ends the elements that the start of this one ends.
static void close_before(enum html_element element) {
    enum html_element top = tree.depth ? tree.open[tree.depth - 1].element : HTML_any;
    int index;
    if (html_traits(element) & HTML_BLOCK) close(HTML_p, button_scope);
    switch (element) {
    case HTML_li: close(HTML_li, list_scope); break;
    case HTML_dt: case HTML_dd:
        close(HTML_dt, definition_scope);
        close(HTML_dd, definition_scope);
        break;
    case HTML_tr: close(HTML_tr, table_scope); close(HTML_caption, table_scope); break;
    case HTML_td: case HTML_th: close_cells(); close(HTML_caption, table_scope); break;
    case HTML_thead: case HTML_tbody: case HTML_tfoot:
        close_row_groups();
        close(HTML_caption, table_scope);
        break;
    case HTML_optgroup: close(HTML_optgroup, scope); close(HTML_option, scope); break;
    case HTML_option: close(HTML_option, scope); break;
    case HTML_a: if ((index = find(HTML_a, 0, scope)) >= 0) end_inline(index); break;
    case HTML_table: if (!is_in_cell()) close(HTML_table, no_scope); break;
    case HTML_rt: case HTML_rp: if (top == HTML_rt || top == HTML_rp) pop(); break;
    case HTML_body: close(HTML_head, no_scope); break;
    default: if (html_heading_level(element) && html_heading_level(top)) pop();
    }
}

/// Distinguishes the names of elements that are not in the table.
static uint32_t hash(const struct html_token *tag) {
    uint32_t value = 2166136261u;
    if (tag->element != HTML_any) return 0;
    for (size_t i = 0; i < tag->text.length; i++) {
        value = (value ^ (unsigned char)(tag->text.at[i] | 0x20)) * 16777619u;
    }
    return value;
}

static void start(const struct html_token *tag) {
    close_before(tag->element);
    if (tree.depth == depth_max) pop();
    struct html_open *open = &tree.open[tree.depth];
    *open = (struct html_open){.element = tag->element, .name = hash(tag)};
    open->is_silent = tree.skipping > 0;
    bool is_visited = open->is_silent || tree.visitor->starts(open, tag);
    open->skips = !is_visited || (html_traits(tag->element) & HTML_SKIPPED);
    tree.depth++;
    tree.count[tag->element]++;
    tree.skipping += open->skips;
    if (html_traits(tag->element) & HTML_VOID || tag->closes_itself) pop();
}

static void end(const struct html_token *tag) {
    enum html_element element = tag->element;
    const enum html_element *bounds = scope;
    switch (element) {
    case HTML_html: case HTML_body: return;  // Browsers show what follows.
    case HTML_table: bounds = no_scope; break;
    case HTML_tr: case HTML_td: case HTML_th: case HTML_thead: case HTML_tbody: case HTML_tfoot:
    case HTML_caption: bounds = table_scope; break;
    case HTML_li: bounds = list_scope; break;
    case HTML_br: case HTML_p: if (find(element, 0, button_scope) < 0) start(tag); break;
    default: break;
    }
    int index = find(element, hash(tag), bounds);
    for (int i = HTML_h1; index < 0 && html_heading_level(element) && i <= HTML_h6; i++) {
        index = find((enum html_element)i, 0, scope);
    }
    if (index < 0) return;
    if (html_traits(element) & (HTML_BLOCK | HTML_SCOPE) || bounds != scope) pop_to(index);
    else end_inline(index);
}

void html_walk(const struct buffer *page, const struct html_visitor *visitor) {
    struct html_source source = {page->bytes, page->bytes + page->length, HTML_any, false};
    struct html_token token;
    source.is_xml = page->length > 5 && !memcmp(page->bytes, "<?xml", 5);
    memset(tree.count, 0, sizeof tree.count);
    tree.depth = tree.skipping = 0;
    tree.visitor = visitor;
    for (html_next(&source, &token); token.kind != HTML_END_OF_PAGE; html_next(&source, &token)) {
        if (token.kind == HTML_START_TAG) start(&token);
        else if (token.kind == HTML_END_TAG) end(&token);
        else if (!tree.skipping) visitor->text(&token);
    }
    pop_to(0);
}

bool html_is_open(enum html_element element) { return tree.count[element] > 0; }

struct html_open *html_innermost(enum html_element element) {
    int index = find(element, 0, no_scope);
    return index < 0 ? NULL : &tree.open[index];
}
