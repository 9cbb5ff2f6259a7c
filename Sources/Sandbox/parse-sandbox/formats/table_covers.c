#include "table_covers.h"

#include <stdlib.h>
#include <string.h>

void covers_add(struct covers *covers, size_t column, const char *text, long rows) {
    if (column >= covers->count) {
        size_t count = column * 2 + 16;
        covers->columns = checked_realloc(covers->columns, count, sizeof *covers->columns);
        memset(covers->columns + covers->count, 0,
               (count - covers->count) * sizeof *covers->columns);
        covers->count = count;
    }
    free(covers->columns[column].text);
    covers->columns[column] = (struct cover){checked_copy(text), rows};
}

bool covers_column(const struct covers *covers, size_t column) {
    return column < covers->count && covers->columns[column].rows;
}

void covers_fill(struct covers *covers, struct row *row) {
    while (covers_column(covers, row->count)) {
        struct cover *cover = &covers->columns[row->count];
        row_append(row, cover->text, false);
        cover->rows--;
    }
}

void covers_free(struct covers *covers) {
    for (size_t i = 0; i < covers->count; i++) free(covers->columns[i].text);
    free(covers->columns);
    *covers = (struct covers){0};
}
