// The texts of form fields and annotations.
#pragma once

#include "pdf_page.h"

/// UTF-16 text, without a NUL at the end; to be freed.
struct pdf_value {
    uint16_t *units;
    size_t count;
    /// A check box or radio button.
    bool is_mark;
};

struct pdf_value pdf_note_value(pdf_annotation annotation);
struct pdf_value pdf_field_value(pdf_annotation annotation, pdf_form form);
