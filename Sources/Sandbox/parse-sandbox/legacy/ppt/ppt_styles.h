// The levels and bullets of paragraphs.
#pragma once

#include "view.h"

struct ppt_paragraph_style {
    int level;
    /// Whether the style says if the paragraph has a bullet, and if so what.
    bool has_bullet_flag, has_bullet;
};

/// Runs of paragraphs with the same style. They are read as the text advances.
struct ppt_styles {
    struct view runs;
    /// Of the next run, and the characters before it.
    size_t at;
    uint32_t end, count;
    struct ppt_paragraph_style style;
};

struct ppt_styles ppt_styles_of(struct view runs, uint32_t characters);
/// The style of the current paragraph.
struct ppt_paragraph_style ppt_styles_at(const struct ppt_styles *styles);
/// Moves to the paragraph that begins at a character.
void ppt_styles_move(struct ppt_styles *styles, uint32_t character);
