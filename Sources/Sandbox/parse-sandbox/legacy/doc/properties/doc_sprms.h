// Lists of property changes ("sprms"): the form in which a DOC stores what differs from a style.
#pragma once

#include "view.h"

enum sprm_code {
    SPRM_DELETED = 0x0800,
    SPRM_HIDDEN = 0x083c,
    SPRM_SCRIPT = 0x2a48,
    SPRM_CHARACTER_STYLE = 0x4a30,
    SPRM_FONT = 0x4a4f,
    SPRM_SYMBOL = 0x6a09,
    SPRM_STYLE = 0x4600,
    SPRM_IN_TABLE = 0x2416,
    SPRM_ROW_END = 0x2417,
    SPRM_INNER_CELL_END = 0x244b,
    SPRM_INNER_ROW_END = 0x244c,
    SPRM_TABLE_DEPTH = 0x6649,
    SPRM_OUTLINE_LEVEL = 0x2640,
    SPRM_LIST_LEVEL = 0x260a,
    SPRM_LIST = 0x460b,
    SPRM_TABLE_ROW = 0xd608,
    SPRM_ROW_IS_HEADER = 0x3404,
    /// The operand is the place of a longer list in the data stream.
    SPRM_LONG_LIST = 0x6646,
    SPRM_LONG_LIST_OLD = 0x6645,
    SPRM_TABLE_LIST = 0x646b,
    SPRM_TABS_CHANGED = 0xc615,
};

struct sprm {
    uint16_t code;
    struct view operand;
};

/// Reads the change at `*at` and advances. Returns false at the end of the list.
bool sprm_next(struct view list, size_t *at, struct sprm *sprm);

/// The longer list that a change refers to; empty if it refers to none.
struct view sprm_long_list(const struct sprm *sprm);
