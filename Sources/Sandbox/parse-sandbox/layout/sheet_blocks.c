#include "sheet_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "headings.h"
#include "pairs.h"
#include "sheet_tables.h"

enum { heading_rows_max = 4, note_bytes_min = 60, sample_lines = 50 };

static int compare_sizes(const void *a, const void *b) {
    return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

/// The values of a usual row: the middle of all, or of few rows the second most.
static size_t usual_width(const struct block *block) {
    size_t count = block->last - block->first;
    uint32_t *widths = checked_realloc(NULL, count, sizeof *widths);
    for (size_t i = 0; i < count; i++) {
        widths[i] = (uint32_t)features_of(block, block->first + i).filled;
    }
    qsort(widths, count, sizeof *widths, compare_sizes);
    size_t width = widths[count >= 30 ? count / 2 : count >= 3 ? count - 2 : count - 1];
    free(widths);
    return width;
}

/// The text in the first column, if it is all that a line has; otherwise NULL.
static const char *lone_text(const struct block *block, size_t line) {
    struct features features = features_of(block, line);
    bool is_lone = features.filled == 1 && features.texts == 1 && features.column == block->left;
    return is_lone ? text_of(features.cell) : NULL;
}

/// Whether a line is a label of the records below it rather than a record that has one value.
static bool is_label(const struct block *block, size_t line, const struct table *table) {
    const char *text = lone_text(block, line);
    if (!text || line + 1 >= block->last) return false;
    struct features features = features_of(block, line);
    bool is_wide = features.widest * 10 >= 6 * (block->right - block->left + 1);
    bool stands_out = features.is_emphasised && !table->has_emphasised_records;
    struct features next = features_of(block, line + 1);
    bool begins_group = next.filled >= 2 && next.column > block->left;
    if (features.widest > 1 && is_wide) return true;
    return stands_out || begins_group || text[strlen(text) - 1] == ':';
}

/// The line after the last record: below it are notes, each in one cell.
static size_t end_of_records(const struct block *block, size_t first) {
    size_t end = block->last;
    for (; end > first + 1; end--) {
        const char *text = lone_text(block, end - 1);
        if (!text) break;
        static const char *const marks[] = {
            "*", "Note", "Source", "Quelle", "Hinweis", "Anmerkung", "Remark", "1)", "(1)", "a)",
            "\xc2\xb9", "\xe2\x80\xa0",
        };
        bool is_note = strlen(text) >= note_bytes_min;
        is_note |= features_of(block, end - 1).widest > 1;
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            is_note |= !strncmp(text, marks[i], strlen(marks[i]));
        }
        if (!is_note) break;
    }
    return end;
}

static bool records_are_emphasised(const struct block *block, size_t first) {
    size_t emphasised = 0, lines = 0, count;
    for (size_t line = first; line < block->last && lines < sample_lines; line++, lines++) {
        const struct cell *cells = cells_of(block, line, &count);
        emphasised += count && cells[0].flags & CELL_IS_EMPHASISED;
    }
    return emphasised * 2 > lines;
}

/// Writes records to a table, up to the line where another table begins, which can be the first
/// one only if `first_may_begin`. Returns that line.
static size_t write_records(struct table *table, const struct block *block, size_t first,
                            bool first_may_begin) {
    size_t end = end_of_records(block, first), heading;
    struct block own = {block->first, block->last, table->left, table->right};
    for (size_t line = first; line < end; line++) {
        bool may_begin = line > first || first_may_begin;
        if (tables_is_heading(table, block, line)) continue;
        if (may_begin && begins_table(&own, line, table->columns,
                                      table->has_emphasised_records, &heading)) {
            return line;
        }
        if (is_label(block, line, table)) tables_add_label(table, line);
        else tables_add_row(table, block, line);
    }
    for (size_t line = end; line < block->last; line++) {
        tables_write_line(text_of(features_of(block, line).cell));
    }
    return block->last;
}

/// Whether a line is above the heading row: it has fewer values than a usual row.
static bool is_above_heading(const struct block *block, size_t line, size_t width) {
    struct features features = features_of(block, line);
    if (features.filled <= 1) return true;
    if (width >= 3 && is_pair(block, line)) return true;
    return features.filled * 10 < width * 6;
}

/// A table that is open in these columns, whose records those of the block may be.
static struct table *table_above(const struct block *block, size_t first) {
    struct table *table = tables_find(block);
    if (!table || block->left < table->left || block->right > table->right) return NULL;
    if (first > block->first && !table->headings) return NULL;
    struct block wide = {first, block->last, table->left, table->right};
    struct profile *profiles = profiles_new(&wide);
    for (size_t i = first; i < block->last && i < first + sample_lines; i++) {
        profiles_add(profiles, &wide, i);
    }
    bool fits = true, has_typed = false;
    for (long i = 0; i <= table->right - table->left; i++) {
        const struct profile *above = &table->columns[i], *below = &profiles[i];
        if (profile_kind(above) == CELL_MARK || profile_kind(below) == CELL_MARK) continue;
        fits &= profile_is_typed(above) == profile_is_typed(below);
        has_typed |= profile_is_typed(below);
    }
    free(profiles);
    bool is_styled = table->has_emphasised_heading && !features_of(block, first).is_emphasised;
    bool is_summary = table->width >= 3 && is_pair(block, first) && block->right <= block->left + 1;
    return fits && !is_summary && (has_typed || is_styled) ? table : NULL;
}

/// The heading rows of a block and the text above them.
struct layout { size_t heading, records; enum evidence evidence; };

static struct layout layout_of(const struct block *block, long declared_rows) {
    size_t width = usual_width(block), line = block->first;
    if (declared_rows >= 0) {
        size_t records = line + (size_t)declared_rows;
        if (records > block->last) records = block->last;
        return (struct layout){line, records, HEADING_YES};
    }
    while (line + 1 < block->last && is_above_heading(block, line, width)) line++;
    // A row of two values can be the heading row of wider records, too.
    if (line > block->first && features_of(block, line - 1).filled > 1 &&
        heading_evidence(block, line, line + 1, block->last) == HEADING_NO &&
        heading_evidence(block, line - 1, line, block->last) == HEADING_YES) {
        line--;
    }
    struct layout layout = {line, line, heading_evidence(block, line, line + 1, block->last)};
    if (layout.evidence == HEADING_NO) return layout;
    layout.records = line + 1;
    while (layout.records < line + heading_rows_max &&
           heading_goes_on(block, layout.records - 1, layout.records, block->last)) {
        layout.records++;
    }
    while (layout.heading > block->first && layout.records - layout.heading < heading_rows_max &&
           names_groups(block, layout.heading - 1)) {
        layout.heading--;
    }
    return layout;
}

/// The declared table that begins at the first line of the block or below; NULL if there is none.
static struct declared_table *declared_in(const struct block *block, size_t *line) {
    for (*line = block->first; *line < block->last; ++*line) {
        for (size_t i = 0; i < declared_table_count; i++) {
            struct declared_table *table = &declared_tables[i];
            bool overlaps = table->range.first_column <= block->right &&
                table->range.last_column >= block->left;
            if (overlaps && !table->is_written &&
                table->range.first_row == window.lines[*line].row) return table;
        }
    }
    return NULL;
}

/// Whether the block has the records of a table of two columns, which look like pairs.
static bool continues_pairs(const struct block *block) {
    struct table *table = table_above(block, block->first);
    return table && table->headings && table->width == 2 &&
        features_of(block, block->first).filled == 2;
}

static void write_table(struct block block, const struct declared_table *declared,
                        bool is_above_table) {
    long declared_rows = declared ? declared->header_rows : -1;
    while (sheet_block_trim(&block)) {
        bool may_be_pairs = declared_rows < 0 && !continues_pairs(&block);
        if (may_be_pairs && sheet_block_write_pairs(&block, is_above_table)) return;
        struct layout layout = layout_of(&block, declared_rows);
        struct table *table = NULL;
        bool may_go_on = layout.evidence == HEADING_NO ||
            (layout.evidence == HEADING_MAYBE && has_styles);
        if (may_go_on) table = table_above(&block, layout.records > layout.heading
                                                       ? layout.heading : layout.records);
        size_t records = layout.records;
        if (table) {
            for (records = block.first; records < layout.heading; records++) {
                if (!lone_text(&block, records)) break;
                tables_add_label(table, records);
            }
        } else {
            for (size_t i = block.first; i < layout.heading; i++) pair_write(&block, i);
            struct block rows = {layout.heading, block.last, block.left, block.right};
            sheet_block_trim(&rows);
            table = tables_begin(&rows, layout.heading, layout.records);
            table->has_emphasised_records = records_are_emphasised(&rows, layout.records);
            long labels = declared_rows >= 0 ? declared->label_columns : 0;
            if (labels > 0 && labels <= pivot_labels_max) table->label_columns = labels;
        }
        block.first = write_records(table, &block, records, false);
        if (records == block.last) records--;
        struct block written = {records, block.last, block.left, block.right};
        if (!table->width) table->width = usual_width(&written);
        declared_rows = -1;
    }
}

void sheet_block_write(struct block block, bool is_above_table) {
    size_t line;
    if (!sheet_block_trim(&block)) return;
    struct declared_table *declared = declared_in(&block, &line);
    if (!declared) {
        write_table(block, NULL, is_above_table);
        return;
    }
    struct block above = {block.first, line, block.left, block.right};
    if (line > block.first) write_table(above, NULL, true);
    if (*declared->caption) tables_write_line(declared->caption);
    declared->is_written = true;
    struct block rows = {line, line, block.left, block.right};
    while (rows.last < block.last &&
           window.lines[rows.last].row <= declared->range.last_row) rows.last++;
    write_table(rows, declared, false);
    block.first = rows.last;
    sheet_block_write(block, is_above_table);
}

void sheet_block_continue(struct block block) {
    if (!sheet_block_trim(&block)) return;
    struct table *table = tables_find(&block);
    if (table && block.left >= table->left) {
        block.first = write_records(table, &block, block.first, true);
    }
    sheet_block_write(block, false);
}
