// Reads the values of form fields and the contents of annotations.
#include <stdlib.h>
#include <string.h>

#include "pdf_overlays.h"

enum { value_bytes_max = 1 << 18, options_max = 1000 };
enum {
    field_check_box = 2, field_radio_button = 3, field_combo_box = 4, field_list_box = 5,
    field_text = 6,
};
/// A field whose text is shown as dots.
static const int flag_password = 1 << 13;

/// Makes room for a value of so many bytes, its NUL included.
static struct pdf_value value_of(unsigned long bytes) {
    struct pdf_value value = {0};
    if (bytes <= 2 || bytes > value_bytes_max) return value;
    value.count = bytes / 2 - 1;
    value.units = checked_realloc(NULL, value.count + 1, sizeof *value.units);
    memset(value.units, 0, (value.count + 1) * sizeof *value.units);
    return value;
}

static unsigned long size_of(const struct pdf_value *value) {
    return (value->count + 1) * sizeof *value->units;
}

static struct pdf_value string_value(pdf_annotation annotation, const char *key) {
    unsigned long bytes = pdfium.Annot_GetStringValue(annotation, key, NULL, 0);
    if (bytes > value_bytes_max) return (struct pdf_value){0};
    struct pdf_value value = value_of(bytes);
    if (value.count) pdfium.Annot_GetStringValue(annotation, key, value.units, size_of(&value));
    return value;
}

struct pdf_value pdf_note_value(pdf_annotation annotation) {
    return string_value(annotation, "Contents");
}

/// Whether a check box shows its mark, by its appearance, which viewers go by.
static bool is_checked(pdf_annotation annotation, pdf_form form) {
    struct pdf_value state = string_value(annotation, "AS");
    bool is_off = state.count == 3 && state.units[0] == 'O' && state.units[2] == 'f';
    bool checked = state.count ? !is_off : pdfium.Annot_IsChecked(form, annotation);
    free(state.units);
    return checked;
}

static struct pdf_value mark_value(bool is_checked) {
    struct pdf_value value = value_of(4);
    value.units[0] = is_checked ? 0x2612 : 0x2610;
    value.is_mark = true;
    return value;
}

/// Appends the label of a selected option.
static void append_option(struct pdf_value *value, pdf_annotation annotation, pdf_form form,
                          int index) {
    unsigned long bytes = pdfium.Annot_GetOptionLabel(form, annotation, index, NULL, 0);
    struct pdf_value option = value_of(bytes);
    if (!option.count || value->count + option.count > value_bytes_max) return;
    pdfium.Annot_GetOptionLabel(form, annotation, index, option.units, size_of(&option));
    value->units =
        checked_realloc(value->units, value->count + option.count + 2, sizeof *value->units);
    if (value->count) value->units[value->count++] = ' ';
    memcpy(value->units + value->count, option.units, option.count * sizeof *option.units);
    value->count += option.count;
    free(option.units);
}

static struct pdf_value selected_options(pdf_annotation annotation, pdf_form form) {
    struct pdf_value value = {0};
    int count = pdfium.Annot_GetOptionCount(form, annotation);
    for (int i = 0; i < count && i < options_max; i++) {
        if (pdfium.Annot_IsOptionSelected(form, annotation, i)) {
            append_option(&value, annotation, form, i);
        }
    }
    return value;
}

struct pdf_value pdf_field_value(pdf_annotation annotation, pdf_form form) {
    int type = pdfium.Annot_GetFormFieldType(form, annotation);
    if (type == field_check_box || type == field_radio_button) {
        return mark_value(is_checked(annotation, form));
    }
    if (type != field_text && type != field_combo_box && type != field_list_box) {
        return (struct pdf_value){0};
    }
    bool is_password = pdfium.Annot_GetFormFieldFlags(form, annotation) & flag_password;
    if (type == field_text && is_password) return (struct pdf_value){0};
    if (type != field_text) {
        struct pdf_value selected = selected_options(annotation, form);
        if (selected.count) return selected;
    }
    unsigned long bytes = pdfium.Annot_GetFormFieldValue(form, annotation, NULL, 0);
    struct pdf_value value = value_of(bytes);
    if (value.count) {
        pdfium.Annot_GetFormFieldValue(form, annotation, value.units, size_of(&value));
    }
    return value;
}
