#include "ppt_styles.h"

enum { levels_max = 9, HAS_BULLET_FLAG = 1, TAB_STOPS = 0x100000 };

/// Properties of a run in their order: the bits that say that one is there, and its bytes.
static const struct { uint32_t bits; unsigned bytes; } properties[] = {
    {0xf, 2},    {0x80, 2},   {0x10, 2},  {0x40, 2},     {0x20, 4},
    {0x800, 2},  {0x1000, 2}, {0x2000, 2}, {0x4000, 2},  {0x100, 2},
    {0x400, 2},  {0x8000, 2}, {TAB_STOPS, 0}, {0x10000, 2}, {0xe0000, 2},
    {0x200000, 2},
};

static void read_run(struct ppt_styles *styles) {
    uint32_t length = view_u32(styles->runs, styles->at);
    unsigned level = view_u16(styles->runs, styles->at + 4);
    uint32_t mask = view_u32(styles->runs, styles->at + 6);
    size_t at = styles->at + 10;
    styles->style = (struct ppt_paragraph_style){
        .level = level < levels_max ? (int)level : levels_max - 1,
        .has_bullet_flag = mask & HAS_BULLET_FLAG,
        .has_bullet = mask & HAS_BULLET_FLAG && view_u8(styles->runs, at) & HAS_BULLET_FLAG};
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (!(mask & properties[i].bits)) continue;
        bool is_tabs = properties[i].bits == TAB_STOPS;
        at += is_tabs ? 2 + (size_t)view_u16(styles->runs, at) * 4 : properties[i].bytes;
    }
    styles->at = at;
    styles->end = length < styles->count - styles->end ? styles->end + length : styles->count;
}

void ppt_styles_move(struct ppt_styles *styles, uint32_t character) {
    while (styles->end <= character && styles->end < styles->count &&
           view_has(styles->runs, styles->at, 10)) {
        read_run(styles);
    }
}

struct ppt_styles ppt_styles_of(struct view runs, uint32_t characters) {
    struct ppt_styles styles = {.runs = runs, .count = characters + 1};
    ppt_styles_move(&styles, 0);
    return styles;
}

struct ppt_paragraph_style ppt_styles_at(const struct ppt_styles *styles) {
    return styles->style;
}
