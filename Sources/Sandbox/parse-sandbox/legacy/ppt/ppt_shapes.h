// The shapes of a slide, in the order in which people read them.
#pragma once

#include "ppt_records.h"

/// Writes the title, then the other shapes of a slide. `texts` are the texts that shapes refer to;
/// those without a shape follow.
void ppt_slide_write(struct view slide, struct view texts);
/// Writes the texts of a page of notes.
void ppt_notes_write(struct view page, struct view texts);
