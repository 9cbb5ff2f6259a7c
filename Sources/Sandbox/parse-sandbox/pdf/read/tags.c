// Reads headings from a page's tags. Tables are found by their geometry, because tags of tables are
// often incomplete.
#include <string.h>

#include "pdf_page.h"

enum { depth_max = 40, elements_max = 20000, contents_max = 20000 };

/// The level of the heading that each marked content is in.
static unsigned char levels[contents_max];
static int elements_left, headings;

/// 1 to 6 for the type of a heading, as in "H2"; else 0.
static int level_of(pdf_element element) {
    char type[16] = "";
    unsigned long bytes = pdfium.StructElement_GetType(element, type, sizeof type);
    bool is_heading = bytes == 6 && type[0] == 'H' && type[2] >= '1' && type[2] <= '6';
    return is_heading ? type[2] - '0' : 0;
}

static void read_element(pdf_element element, int level, int depth) {
    if (!element || depth > depth_max || elements_left-- <= 0) return;
    int own = level_of(element);
    if (own) level = own;
    int count = pdfium.StructElement_CountChildren(element);
    for (int i = 0; i < count && elements_left > 0; i++) {
        int content = pdfium.StructElement_GetChildMarkedContentID(element, i);
        if (content >= 0 && content < contents_max && level) {
            levels[content] = (unsigned char)level;
            headings++;
        }
        if (content < 0) {
            read_element(pdfium.StructElement_GetChildAtIndex(element, i), level, depth + 1);
        }
    }
}

void pdf_read_tags(struct pdf_page_text *text, pdf_page page) {
    bool is_tagged = false;
    for (size_t i = 0; i < text->fragment_count && !is_tagged; i++) {
        is_tagged = text->fragments[i].content >= 0;
    }
    pdf_tree tree = is_tagged ? pdfium.StructTree_GetForPage(page) : NULL;
    if (!tree) return;
    memset(levels, 0, sizeof levels);
    elements_left = elements_max;
    headings = 0;
    int count = pdfium.StructTree_CountChildren(tree);
    for (int i = 0; i < count && elements_left > 0; i++) {
        read_element(pdfium.StructTree_GetChildAtIndex(tree, i), 0, 0);
    }
    pdfium.StructTree_Close(tree);
    size_t tagged = 0;
    for (size_t i = 0; headings && i < text->fragment_count; i++) {
        struct pdf_fragment *fragment = &text->fragments[i];
        bool known = fragment->content >= 0 && fragment->content < contents_max;
        fragment->tagged_heading = known ? levels[fragment->content] : 0;
        if (fragment->tagged_heading) tagged += fragment->end - fragment->first;
    }
    // Where most text is a heading, the tags are wrong.
    if (tagged * 2 <= text->glyph_count) return;
    for (size_t i = 0; i < text->fragment_count; i++) text->fragments[i].tagged_heading = 0;
}
