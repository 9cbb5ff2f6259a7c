// The steps of number_formats.c.
#pragma once

#include "buffer.h"
#include "decimal.h"
#include "format_code.h"

/// Appends a number without a format: 15 digits, all digits of whole numbers.
void append_general(struct buffer *target, struct decimal value);
/// Appends the absolute value by the digits of a section.
void append_digits(struct buffer *target, struct decimal value, const struct format_code *code,
                   const struct section *section);
/// Appends days since the epoch as a date in ISO form, or as the time that the section shows.
void append_time(struct buffer *target, double days, bool from_1904,
                 const struct format_code *code, const struct section *section);
void append_token_text(struct buffer *target, const struct format_code *code,
                       const struct token *token);
