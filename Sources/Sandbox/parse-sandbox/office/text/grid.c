#include "grid.h"

#include <stdlib.h>
#include <string.h>

#include "writer.h"

/// A longer text is not repeated in each row; table.c has the same bound.
enum { repeated_bytes_max = 256 };

/// The texts of cells that rows below continue, by column.
static struct above { char *text; long rows; bool is_heading; } above[grid_columns_max];
/// The place that is described next, and the first to which nothing has been written.
static long place, written;
/// The row continues a cell of a heading row.
static bool continues_heading;

void grid_begin(void) {
    table_begin();
    place = written = 0;
}

static void keep(long column, struct buffer *text, long rows) {
    free(above[column].text);
    bool is_kept = rows > 0 && text->length <= repeated_bytes_max;
    above[column] = (struct above){
        .text = is_kept ? checked_copy(buffer_cstring(text)) : NULL, .rows = rows};
}

void grid_cell(struct buffer *text, long columns, long rows) {
    if (written < place) written = place;
    if (columns < 1) columns = 1;
    if (rows < 1) rows = 1;
    if (columns > grid_columns_max - written) columns = grid_columns_max - written;
    place++;
    if (columns < 1) return;
    buffer_collapse(text, false);
    for (long i = 0; i < columns; i++) keep(written + i, text, rows - 1);
    table_merged_cell(text, columns, 1);
    written += columns;
}

void grid_covered(long places) {
    struct buffer text = {0};
    for (; places > 0 && place < grid_columns_max; places--, place++) {
        if (place < written) continue;
        struct above *cell = &above[place];
        buffer_clear(&text);
        if (cell->rows > 0 && cell->text) buffer_text(&text, cell->text);
        continues_heading |= cell->rows > 0 && cell->is_heading;
        if (cell->rows > 0) cell->rows--;
        table_cell(&text);
        written = place + 1;
    }
    buffer_free(&text);
}

void grid_row_end(bool is_heading) {
    is_heading |= continues_heading;
    for (long i = 0; i < written; i++) above[i].is_heading = is_heading && above[i].rows > 0;
    if (is_heading) table_mark_header();
    table_row_end();
    place = written = 0;
    continues_heading = false;
}

void grid_end(void) {
    table_end();
    for (size_t i = 0; i < grid_columns_max; i++) {
        free(above[i].text);
        above[i] = (struct above){0};
    }
}

struct grid_pause {
    struct table_pause *table;
    struct above above[grid_columns_max];
};

struct grid_pause *grid_pause(void) {
    struct grid_pause *pause = checked_realloc(NULL, 1, sizeof *pause);
    pause->table = table_pause();
    memcpy(pause->above, above, sizeof above);
    memset(above, 0, sizeof above);
    place = written = 0;
    return pause;
}

void grid_resume(struct grid_pause *pause) {
    grid_end();
    memcpy(above, pause->above, sizeof above);
    place = written = 0;
    table_resume(pause->table);
    free(pause);
}
