#include "number_formats.h"

#include <stdlib.h>
#include <string.h>

#include "rendering.h"

/// The days from 1900 to 10000, which a date can have.
static const double days_end = 2958466;

static bool from_1904;

void number_formats_use_1904(void) { from_1904 = true; }

const struct format_code *number_format_of_code(const char *code) {
    bool is_general = !*code || !strcmp(code, "General");
    return is_general ? NULL : format_code_read(code);
}

const struct format_code *number_format_of_id(long id) {
    static const char *const codes[] = {
        [1] = "0", [2] = "0.00", [3] = "#,##0", [4] = "#,##0.00",
        [5] = "$#,##0_);($#,##0)", [6] = "$#,##0_);[Red]($#,##0)",
        [7] = "$#,##0.00_);($#,##0.00)", [8] = "$#,##0.00_);[Red]($#,##0.00)",
        [9] = "0%", [10] = "0.00%", [11] = "0.00E+00", [12] = "# ?/?", [13] = "# ?\?/??",
        [14] = "yyyy-mm-dd", [15] = "d-mmm-yy", [16] = "d-mmm", [17] = "mmm-yy",
        [18] = "h:mm AM/PM", [19] = "h:mm:ss AM/PM", [20] = "h:mm", [21] = "h:mm:ss",
        [22] = "yyyy-mm-dd h:mm", [37] = "#,##0_);(#,##0)", [38] = "#,##0_);[Red](#,##0)",
        [39] = "#,##0.00_);(#,##0.00)", [40] = "#,##0.00_);[Red](#,##0.00)",
        [41] = "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
        [42] = "_($* #,##0_);_($* (#,##0);_($* \"-\"_);_(@_)",
        [43] = "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)",
        [44] = "_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)",
        [45] = "mm:ss", [46] = "[h]:mm:ss", [47] = "mm:ss.0", [48] = "##0.0E+0", [49] = "@",
    };
    bool is_east_asian_date = (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    if (is_east_asian_date) return number_format_of_code("yyyy-mm-dd");
    bool is_known = id > 0 && id < (long)(sizeof codes / sizeof *codes) && codes[id];
    return is_known ? number_format_of_code(codes[id]) : NULL;
}

static bool meets(const struct section *section, double value) {
    switch (section->condition) {
    case '<': return value < section->limit;
    case '>': return value > section->limit;
    case '=': return value == section->limit;
    case 'l': return value <= section->limit;
    case 'g': return value >= section->limit;
    case 'n': return value != section->limit;
    }
    return true;
}

/// The section for a number. Sets `hides_sign` if it shows negative numbers in its own way.
static const struct section *section_for(const struct format_code *code, double value,
                                         bool *hides_sign) {
    size_t count = code->count < 3 ? code->count : 3;
    bool has_conditions = false;
    for (size_t i = 0; i < count; i++) has_conditions |= code->sections[i].condition != 0;
    *hides_sign = false;
    if (has_conditions) {
        for (size_t i = 0; i < count; i++) {
            const struct section *section = &code->sections[i];
            bool is_last = i + 1 == count;
            bool is_other = !section->condition && !is_last && count == 3 && value >= 0;
            if (section->condition ? meets(section, value) : is_last || is_other) return section;
        }
        return &code->sections[count - 1];
    }
    if (count == 3 && value == 0) return &code->sections[2];
    *hides_sign = value < 0 && count > 1;
    return &code->sections[value < 0 && count > 1];
}

enum cell_kind append_number(struct buffer *target, const char *stored,
                             const struct format_code *format) {
    struct decimal value;
    if (!decimal_read(&value, stored)) {
        buffer_text(target, stored);
        return cell_kind_of_text(stored);
    }
    double number = format ? strtod(stored, NULL) : 0;
    bool hides_sign = false;
    const struct section *section = format ? section_for(format, number, &hides_sign) : NULL;
    bool is_plain = !section || section->has_text || (section->is_general && section->count == 1);
    bool is_time = section && (section->has_date || section->has_time);
    bool is_date = is_time && section->has_date;
    if (is_plain || (is_date && (number < 0 || number >= days_end))) {
        append_general(target, value);
        return CELL_NUMBER;
    }
    if (is_time) {
        append_time(target, number, from_1904, format, section);
        return CELL_DATE;
    }
    size_t start = target->length;
    bool is_negative = value.is_negative && !hides_sign;
    value.is_negative = false;
    append_digits(target, value, format, section);
    bool is_zero = !strpbrk(buffer_cstring(target) + start, "123456789");
    if (is_negative && !is_zero) {
        buffer_byte(target, 0);
        memmove(target->bytes + start + 1, target->bytes + start, target->length - 1 - start);
        target->bytes[start] = '-';
    }
    return CELL_NUMBER;
}

void append_formatted_text(struct buffer *target, const char *text,
                           const struct format_code *format) {
    size_t count = format ? format->count : 0;
    const struct section *section = count ? &format->sections[count - 1] : NULL;
    if (!section || !section->has_text || section->count == 1 || !*text) {
        buffer_text(target, text);
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct token *token = &section->tokens[i];
        if (token->kind == TOKEN_VALUE) buffer_text(target, text);
        else if (token->kind == TOKEN_TEXT) append_token_text(target, format, token);
    }
}
