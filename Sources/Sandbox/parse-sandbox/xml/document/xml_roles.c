#include "xml_roles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct known { const char *name; enum xml_role role; };

/// In the order of their names.
static const struct known elements[] = {
    {"a", XML_INLINE}, {"ab", XML_PARAGRAPH}, {"abbrev", XML_INLINE}, {"abstract", XML_SECTION},
    {"ack", XML_SECTION}, {"acronym", XML_INLINE}, {"aff", XML_PARAGRAPH}, {"alt", XML_INLINE},
    {"annotation", XML_SKIPPED}, {"annotation-xml", XML_SKIPPED}, {"app", XML_SECTION},
    {"appendix", XML_SECTION}, {"article", XML_SECTION}, {"article-title", XML_TITLE},
    {"attrib", XML_PARAGRAPH}, {"author-notes", XML_PARAGRAPH}, {"b", XML_INLINE},
    {"back", XML_BODY}, {"bibl", XML_PARAGRAPH}, {"biblStruct", XML_PARAGRAPH},
    {"biblioentry", XML_PARAGRAPH}, {"bibliography", XML_SECTION}, {"bibliomixed", XML_PARAGRAPH},
    {"binary", XML_SKIPPED}, {"body", XML_BODY}, {"bold", XML_INLINE}, {"book", XML_SECTION},
    {"br", XML_INLINE}, {"bulletlist", XML_LIST}, {"caption", XML_CAPTION}, {"cell", XML_CELL},
    {"chapter", XML_SECTION}, {"citation", XML_PARAGRAPH}, {"citetitle", XML_INLINE},
    {"code", XML_INLINE}, {"col", XML_SKIPPED}, {"colgroup", XML_SKIPPED},
    {"colspec", XML_SKIPPED}, {"command", XML_INLINE}, {"contrib", XML_PARAGRAPH},
    {"contrib-id", XML_SKIPPED}, {"corresp", XML_PARAGRAPH}, {"counts", XML_SKIPPED},
    {"custom-meta-group", XML_SKIPPED}, {"dd", XML_PARAGRAPH}, {"def", XML_PARAGRAPH},
    {"def-item", XML_ITEM}, {"def-list", XML_LIST}, {"desc", XML_PARAGRAPH}, {"div", XML_SECTION},
    {"div1", XML_SECTION}, {"div2", XML_SECTION}, {"div3", XML_SECTION}, {"div4", XML_SECTION},
    {"div5", XML_SECTION}, {"dt", XML_PARAGRAPH}, {"eg", XML_CODE},
    {"element-citation", XML_PARAGRAPH}, {"email", XML_INLINE}, {"emph", XML_INLINE},
    {"emphasis", XML_INLINE}, {"entrytbl", XML_CELL}, {"ext-link", XML_INLINE},
    {"fig", XML_CAPTION}, {"fig-group", XML_CAPTION}, {"figure", XML_CAPTION},
    {"filename", XML_INLINE}, {"firstterm", XML_INLINE}, {"floats-group", XML_BODY},
    {"fn", XML_NOTE}, {"footnote", XML_NOTE}, {"foreign", XML_INLINE}, {"formalpara", XML_CAPTION},
    {"front", XML_BODY}, {"glossary", XML_SECTION}, {"head", XML_TITLE}, {"hi", XML_INLINE},
    {"history", XML_SKIPPED}, {"i", XML_INLINE}, {"informalfigure", XML_CAPTION},
    {"informaltable", XML_TABLE}, {"inline-formula", XML_INLINE}, {"italic", XML_INLINE},
    {"itemizedlist", XML_LIST}, {"journal-id", XML_SKIPPED}, {"kwd", XML_PARAGRAPH},
    {"l", XML_PARAGRAPH}, {"label", XML_PARAGRAPH}, {"lb", XML_INLINE}, {"li", XML_ITEM},
    {"link", XML_INLINE}, {"list", XML_LIST}, {"list-item", XML_ITEM}, {"listitem", XML_ITEM},
    {"literal", XML_INLINE}, {"literallayout", XML_CODE}, {"math", XML_INLINE},
    {"member", XML_ITEM}, {"mi", XML_INLINE}, {"mixed-citation", XML_PARAGRAPH},
    {"mn", XML_INLINE}, {"mo", XML_INLINE}, {"monospace", XML_INLINE}, {"mrow", XML_INLINE},
    {"msub", XML_INLINE}, {"msup", XML_INLINE}, {"ol", XML_ORDERED_LIST}, {"option", XML_INLINE},
    {"orderedlist", XML_ORDERED_LIST}, {"p", XML_PARAGRAPH}, {"para", XML_PARAGRAPH},
    {"part", XML_SECTION}, {"permissions", XML_SKIPPED}, {"phrase", XML_INLINE}, {"pre", XML_CODE},
    {"preface", XML_SECTION}, {"preformat", XML_CODE}, {"procedure", XML_LIST},
    {"processing-meta", XML_SKIPPED}, {"programlisting", XML_CODE}, {"quote", XML_INLINE},
    {"ref", XML_PARAGRAPH}, {"ref-list", XML_SECTION}, {"refsect1", XML_SECTION},
    {"refsect2", XML_SECTION}, {"refsect3", XML_SECTION}, {"refsection", XML_SECTION},
    {"related-article", XML_SKIPPED}, {"replaceable", XML_INLINE}, {"roman", XML_INLINE},
    {"row", XML_ROW}, {"s", XML_INLINE}, {"sc", XML_INLINE}, {"screen", XML_CODE},
    {"script", XML_SKIPPED}, {"sec", XML_SECTION}, {"sect1", XML_SECTION}, {"sect2", XML_SECTION},
    {"sect3", XML_SECTION}, {"sect4", XML_SECTION}, {"sect5", XML_SECTION},
    {"section", XML_SECTION}, {"self-uri", XML_SKIPPED}, {"simpara", XML_PARAGRAPH},
    {"simplelist", XML_LIST}, {"simplesect", XML_SECTION}, {"small", XML_INLINE},
    {"sp", XML_PARAGRAPH}, {"span", XML_INLINE}, {"spanspec", XML_SKIPPED},
    {"speaker", XML_PARAGRAPH}, {"step", XML_ITEM}, {"strong", XML_INLINE}, {"style", XML_SKIPPED},
    {"sub", XML_INLINE}, {"subj-group", XML_PARAGRAPH}, {"subject", XML_PARAGRAPH},
    {"subscript", XML_INLINE}, {"subtitle", XML_PARAGRAPH}, {"sup", XML_INLINE},
    {"superscript", XML_INLINE}, {"supplementary-material", XML_CAPTION}, {"symbol", XML_INLINE},
    {"synopsis", XML_CODE}, {"table", XML_TABLE}, {"table-wrap", XML_CAPTION}, {"tbody", XML_BODY},
    {"td", XML_CELL}, {"term", XML_PARAGRAPH}, {"tex-math", XML_SKIPPED}, {"text", XML_BODY},
    {"tfoot", XML_BODY}, {"tgroup", XML_BODY}, {"th", XML_CELL}, {"thead", XML_HEAD},
    {"title", XML_TITLE}, {"tr", XML_ROW}, {"trans-title", XML_PARAGRAPH}, {"tspan", XML_INLINE},
    {"tt", XML_INLINE}, {"u", XML_INLINE}, {"ul", XML_LIST}, {"ulink", XML_INLINE},
    {"underline", XML_INLINE}, {"uri", XML_INLINE}, {"userinput", XML_INLINE},
    {"variablelist", XML_LIST}, {"varlistentry", XML_ITEM}, {"xref", XML_INLINE},
};

static int compare(const void *name, const void *element) {
    return strcmp(name, ((const struct known *)element)->name);
}

enum xml_role xml_role_of(const char *name, enum xml_role parent) {
    // Names that mean something else elsewhere: an item of a list or of a feed, a cell or an entry.
    bool is_list = parent == XML_LIST || parent == XML_ORDERED_LIST;
    if (!strcmp(name, "item")) return is_list ? XML_ITEM : XML_SECTION;
    if (!strcmp(name, "entry")) return parent == XML_ROW ? XML_CELL : XML_SECTION;
    if (!strcmp(name, "label") && is_list) return XML_PARAGRAPH;
    bool is_caption = parent == XML_CAPTION || parent == XML_TABLE;
    size_t count = sizeof elements / sizeof *elements;
    const struct known *found = bsearch(name, elements, count, sizeof *elements, compare);
    if (found && found->role == XML_TITLE && is_caption) return XML_PARAGRAPH;
    return found ? found->role : XML_FIELD;
}
