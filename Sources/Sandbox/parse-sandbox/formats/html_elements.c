#include "html_elements.h"

#include <string.h>

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++) {
        if (!strcasecmp(name, *names)) return true;
    }
    return false;
}

bool html_is_skipped(const char *name) {
    static const char *const names[] = {
        "script", "style", "template", "noscript", "svg", "iframe", "object", "select", NULL};
    return is_one_of(name, names);
}

bool html_is_block(const char *name) {
    static const char *const names[] = {
        "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "ul", "ol",
        "dl", "dt", "dd", "blockquote", "figure", "figcaption", "address", "form", "fieldset",
        "hr", "body", "caption", "details", "summary", "center", "legend", "option", NULL};
    return is_one_of(name, names);
}

int html_heading_level(const char *name) {
    bool heading = (name[0] | 0x20) == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2];
    return heading ? name[1] - '0' : 0;
}
