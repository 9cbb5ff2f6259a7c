// LaTeX of equations, for both notations of them.
#pragma once

#include <stdbool.h>

#include "buffer.h"

/// Appends text of an equation, without the invisible operators of Unicode.
void latex_text(struct buffer *target, const char *text);
/// Appends a group in braces.
void latex_group(struct buffer *target, const char *command, const struct buffer *group);
/// The command of a large operator such as "∑"; the character itself if it has none.
const char *latex_operator(const char *character);
/// Appends `base` below an accent such as U+0302 or another character.
void latex_accented(struct buffer *target, const char *character, const struct buffer *base);
/// Appends what a script is set beside, in braces if it is a group.
void latex_base(struct buffer *target, const struct buffer *base);
/// Appends the name of a function, as a command if LaTeX has one.
void latex_function(struct buffer *target, const char *name);
/// Appends the equation between dollar signs, or without them if it has no command.
void latex_finish(struct buffer *target, struct buffer *equation, bool is_display);
