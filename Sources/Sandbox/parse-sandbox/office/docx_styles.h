// Paragraph styles of a DOCX. Style ids are localised, so headings are found by name or level.
#pragma once

#include <stdbool.h>

/// The meaning of a paragraph style. Heading level 0 is body text.
struct paragraph_style {
    int heading;
    bool list;
};

void docx_styles_read(const char *part);
struct paragraph_style docx_style(const char *id);
