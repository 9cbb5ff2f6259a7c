// The HTML elements that matter to a reader, by name.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What the parser has to know of an element.
enum html_traits {
    /// Starts and ends a block, and so ends an open paragraph.
    HTML_BLOCK = 1,
    /// Has no content and no end tag.
    HTML_VOID = 2,
    /// The content is text up to the end tag, without elements. References count with HTML_TITLE.
    HTML_RAW = 4,
    HTML_ESCAPABLE = 8,
    /// The content is not shown as text.
    HTML_SKIPPED = 16,
    /// End tags inside do not close elements outside.
    HTML_SCOPE = 32,
};

/// Each element with its traits; `any` is all others.
#define HTML_ELEMENTS(X) \
    X(any, 0) X(a, 0) X(address, HTML_BLOCK) X(area, HTML_VOID) X(article, HTML_BLOCK) \
    X(aside, HTML_BLOCK) X(audio, HTML_SKIPPED) X(b, 0) X(base, HTML_VOID) \
    X(blockquote, HTML_BLOCK) X(body, HTML_BLOCK) X(br, HTML_VOID) X(button, HTML_SCOPE) \
    X(canvas, HTML_SKIPPED) X(caption, HTML_SCOPE) X(center, HTML_BLOCK) X(code, 0) \
    X(col, HTML_VOID) X(colgroup, 0) X(datalist, HTML_SKIPPED) X(dd, HTML_BLOCK) \
    X(details, HTML_BLOCK) X(dialog, HTML_BLOCK) X(dir, HTML_BLOCK) X(div, HTML_BLOCK) \
    X(dl, HTML_BLOCK) X(dt, HTML_BLOCK) X(em, 0) X(embed, HTML_VOID) X(fieldset, HTML_BLOCK) \
    X(figcaption, HTML_BLOCK) X(figure, HTML_BLOCK) X(footer, HTML_BLOCK) X(form, HTML_BLOCK) \
    X(h1, HTML_BLOCK) X(h2, HTML_BLOCK) X(h3, HTML_BLOCK) X(h4, HTML_BLOCK) X(h5, HTML_BLOCK) \
    X(h6, HTML_BLOCK) X(head, 0) X(header, HTML_BLOCK) X(hgroup, HTML_BLOCK) \
    X(hr, HTML_BLOCK | HTML_VOID) X(html, HTML_SCOPE) X(i, 0) X(iframe, HTML_RAW | HTML_SKIPPED) \
    X(img, HTML_VOID) X(input, HTML_VOID) X(label, 0) X(legend, HTML_BLOCK) X(li, HTML_BLOCK) \
    X(link, HTML_VOID) X(listing, HTML_BLOCK) X(main, HTML_BLOCK) X(math, 0) \
    X(menu, HTML_BLOCK) X(meta, HTML_VOID) X(nav, HTML_BLOCK) \
    X(noembed, HTML_RAW | HTML_SKIPPED) X(noscript, HTML_SKIPPED) \
    X(object, HTML_SCOPE | HTML_SKIPPED) X(ol, HTML_BLOCK) X(optgroup, 0) X(option, 0) \
    X(p, HTML_BLOCK) X(param, HTML_VOID) X(plaintext, HTML_BLOCK) X(pre, HTML_BLOCK) X(q, 0) \
    X(rp, HTML_SKIPPED) X(rt, 0) X(ruby, 0) X(script, HTML_RAW | HTML_SKIPPED) \
    X(section, HTML_BLOCK) X(select, 0) X(source, HTML_VOID) X(span, 0) X(strong, 0) \
    X(style, HTML_RAW | HTML_SKIPPED) X(sub, 0) X(summary, HTML_BLOCK) X(sup, 0) \
    X(svg, HTML_SKIPPED) X(table, HTML_SCOPE) X(tbody, 0) X(td, HTML_SCOPE) \
    X(template, HTML_SCOPE | HTML_SKIPPED) X(textarea, HTML_RAW | HTML_ESCAPABLE) X(tfoot, 0) \
    X(th, HTML_SCOPE) X(thead, 0) X(title, HTML_RAW | HTML_ESCAPABLE) X(tr, 0) \
    X(track, HTML_VOID) X(ul, HTML_BLOCK) X(video, HTML_SKIPPED) X(wbr, HTML_VOID) \
    X(xmp, HTML_BLOCK | HTML_RAW) X(annotation, 0) X(abbr, 0) X(acronym, 0) X(bdi, 0) \
    X(bdo, 0) X(big, 0) X(cite, 0) X(data, 0) X(del, 0) X(dfn, 0) X(font, 0) X(ins, 0) X(kbd, 0) \
    X(mark, 0) X(nobr, 0) X(picture, 0) X(s, 0) X(samp, 0) X(small, 0) X(strike, 0) X(time, 0) \
    X(tt, 0) X(u, 0) X(var, 0)

enum html_element {
#define X(name, traits) HTML_##name,
    HTML_ELEMENTS(X)
#undef X
    HTML_ELEMENT_COUNT,
};

/// The element of a tag name, in any case.
enum html_element html_element_named(const char *name, size_t length);
unsigned html_traits(enum html_element element);
/// The level of a heading, 1 to 6; 0 if the element is not one.
int html_heading_level(enum html_element element);
