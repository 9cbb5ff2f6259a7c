#include "pairs.h"

#include <string.h>
#include <strings.h>

#include "headings.h"
#include "sheet_tables.h"

enum { pairs_max = 30, name_bytes_max = 80 };

static bool ends_with_colon(const struct cell *cell) {
    const char *text = text_of(cell);
    return *text && text[strlen(text) - 1] == ':';
}

bool is_pair(const struct block *block, size_t line) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    struct features features = features_of(block, line);
    return features.filled == 2 && cells[0].column == block->left &&
        cells[0].kind == CELL_TEXT && strlen(text_of(&cells[0])) <= name_bytes_max &&
        (count > 2 || cells[1].column == cells[0].column + 1);
}

/// Whether a line consists of names that end with a colon and their values.
static bool has_colons(const struct block *block, size_t line) {
    size_t count, names = 0, values = 0;
    const struct cell *cells = cells_of(block, line, &count);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].flags & CELL_IS_COVERED_FROM_LEFT) continue;
        if (ends_with_colon(&cells[i])) names++;
        else values++;
    }
    return values && names >= values;
}

void pair_write(const struct block *block, size_t line) {
    size_t count;
    const struct cell *cells = cells_of(block, line, &count);
    struct buffer text = {0};
    bool is_one_pair = is_pair(block, line);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].flags & CELL_IS_COVERED_FROM_LEFT && text.length) continue;
        bool after_name = text.length && text.bytes[text.length - 1] == ':';
        bool is_value = after_name && !ends_with_colon(&cells[i]);
        if (text.length) buffer_text(&text, is_value ? " " : is_one_pair ? ": " : ", ");
        buffer_text(&text, text_of(&cells[i]));
    }
    if (text.length) tables_write_line(buffer_cstring(&text));
    buffer_free(&text);
}

/// Whether a text is a usual heading of a second column, which is seldom a value in a pair.
static bool is_usual_heading(const struct cell *cell) {
    static const char *const words[] = {
        "address", "answer", "author", "category", "city", "code", "comment", "comments", "contact",
        "count", "country", "date", "definition", "department", "description", "details", "email",
        "explanation", "file", "link", "location", "mail", "meaning", "name", "note", "notes",
        "objective", "owner", "phone", "place", "purpose", "reason", "remark", "remarks", "result",
        "role", "source", "state", "status", "task", "text", "title", "translation", "type",
        "unit", "url", "value",
        "Adresse", "Anmerkung", "Antwort", "Bedeutung", "Bemerkung", "Beschreibung", "Bezeichnung",
        "Datum", "Einheit", "Kommentar", "Ort", "Rolle", "Stadt", "Telefon", "Typ", "Wert",
        "descripci\xc3\xb3n", "nom", "nombre", "r\xc3\xb4le", "valeur", "valor", "ville",
    };
    for (size_t i = 0; cell && i < sizeof words / sizeof *words; i++) {
        if (!strcasecmp(text_of(cell), words[i])) return true;
    }
    return false;
}

/// What speaks for a heading row above two columns: emphasis, or values that are all of one kind.
static bool is_table_of_two(const struct block *block) {
    size_t first = block->first, emphasised_names = 0, kinds[CELL_MARK + 1] = {0};
    while (first + 1 < block->last && features_of(block, first).filled < 2) first++;
    size_t lines = block->last - first;
    for (size_t line = first + 1; line < block->last; line++) {
        const struct cell *name = cell_at(line, block->left);
        const struct cell *value = cell_at(line, block->right);
        emphasised_names += name && name->flags & CELL_IS_EMPHASISED;
        if (value) kinds[value->kind]++;
    }
    bool stands_out = features_of(block, first).is_emphasised;
    if (stands_out && emphasised_names * 2 < lines) return true;
    if (emphasised_names * 2 > lines) return false;
    if (features_of(block, first).typed) return false;
    size_t values = kinds[CELL_NUMBER] + kinds[CELL_DATE] + kinds[CELL_FLAG] + kinds[CELL_TEXT];
    size_t typed = values - kinds[CELL_TEXT];
    bool is_uniform = kinds[CELL_NUMBER] == values || kinds[CELL_DATE] == values;
    if (typed && is_uniform) return lines >= 3;
    if (typed) return false;
    return is_usual_heading(cell_at(first, block->right)) ||
        heading_evidence(block, first, first + 1, block->last) == HEADING_YES;
}

static bool are_pairs(const struct block *block, bool is_above_table) {
    size_t lines = block->last - block->first, colons = 0, pairs = 0, singles = 0;
    for (size_t line = block->first; line < block->last; line++) {
        colons += has_colons(block, line);
        pairs += is_pair(block, line);
        singles += features_of(block, line).filled == 1;
    }
    if (colons * 2 >= lines) return true;
    if (pairs + singles < lines || lines > pairs_max) return false;
    if (is_above_table && !is_usual_heading(cell_at(block->first, block->right))) {
        return !features_of(block, block->first).is_emphasised || !is_table_of_two(block);
    }
    return has_styles && !is_table_of_two(block);
}

bool sheet_block_write_pairs(const struct block *block, bool is_above_table) {
    size_t widest = 0;
    for (size_t line = block->first; line < block->last; line++) {
        size_t filled = features_of(block, line).filled;
        if (filled > widest) widest = filled;
    }
    if (widest > 1 && !are_pairs(block, is_above_table)) return false;
    for (size_t line = block->first; line < block->last; line++) pair_write(block, line);
    return true;
}
