#include "doc_sprms.h"

#include "doc.h"
#include "failure.h"

/// Far above what a document of 100 MiB has. Many places can refer to the same list.
enum { changes_max = 200000000 };

static long changes_read;

/// Length of the operand, which begins at `at`.
static size_t operand_length(uint16_t code, struct view list, size_t at) {
    static const size_t lengths[] = {1, 1, 2, 4, 2, 2, 0, 3};
    if (code >> 13 != 6) return lengths[code >> 13];
    if (code == SPRM_TABLE_ROW) {
        size_t length = view_u16(list, at);
        return length ? length + 1 : 2;
    }
    size_t length = view_u8(list, at);
    if (code == SPRM_TABS_CHANGED && length == 255) {
        size_t removed = view_u8(list, at + 1), added = view_u8(list, at + 2 + removed * 4);
        return 3 + removed * 4 + added * 3;
    }
    return length + 1;
}

bool sprm_next(struct view list, size_t *at, struct sprm *sprm) {
    if (!view_has(list, *at, 3)) return false;
    if (++changes_read > changes_max) {
        fail(FAILURE_TOO_LARGE, "the document changes properties too often");
    }
    sprm->code = view_u16(list, *at);
    size_t length = operand_length(sprm->code, list, *at + 2);
    sprm->operand = view_part(list, *at + 2, length);
    *at += 2 + length;
    return true;
}

struct view sprm_long_list(const struct sprm *sprm) {
    bool is_long = sprm->code == SPRM_LONG_LIST || sprm->code == SPRM_LONG_LIST_OLD ||
        sprm->code == SPRM_TABLE_LIST;
    if (!is_long) return (struct view){0};
    size_t at = view_u32(sprm->operand, 0);
    return view_part(doc.data, at + 2, view_u16(doc.data, at));
}
