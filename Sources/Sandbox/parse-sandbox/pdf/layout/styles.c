#include "pdf_styles.h"

#include <math.h>
#include <string.h>

/// Number of size counters, of half a point each.
enum { bins = 400 };

static int bin_of(float points) {
    long bin = lroundf(points * 2);
    return bin < 0 ? 0 : bin >= bins ? bins - 1 : (int)bin;
}

static int fullest(const size_t counts[bins]) {
    int best = 0;
    for (int bin = 1; bin < bins; bin++) {
        if (counts[bin] > counts[best]) best = bin;
    }
    return best;
}

/// Whether a line could be a title: short, and at least a quarter letters.
static bool reads_as_title(const struct pdf_lines *lines, const struct pdf_line *line,
                           size_t bytes_max) {
    const char *text = pdf_line_text(lines, line);
    if (line->length > bytes_max || line->length < 2) return false;
    size_t letters = 0;
    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)text[i];
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        letters += c >= 0xc3;
    }
    return letters >= 2 && letters * 3 >= line->length - letters;
}

static bool is_large(const struct pdf_styles *styles, const struct pdf_lines *lines,
                     const struct pdf_line *line) {
    return line->size >= styles->body * 1.15f && line->size >= styles->body + 1 &&
        !line->monospaced && reads_as_title(lines, line, 160);
}

bool pdf_has_leader(const struct pdf_lines *lines, const struct pdf_line *line) {
    const char *text = pdf_line_text(lines, line);
    int dots = 0;
    for (size_t i = 0; i < line->length && dots < 5; i++) {
        if (text[i] != ' ') dots = text[i] == '.' ? dots + 1 : 0;
    }
    return dots >= 5;
}

/// Whether a line is a short bold title at body size, with space above or at the top of a page.
static bool is_bold_title(const struct pdf_styles *styles, const struct pdf_lines *lines,
                          const struct pdf_line *line) {
    bool fits = styles->bold_headings && line->bold && !line->monospaced &&
        line->size >= styles->body * 0.97f && reads_as_title(lines, line, 90);
    if (!fits) return false;
    char last = pdf_line_text(lines, line)[line->length - 1];
    if (strchr(".,;:-(", last)) return false;
    const struct pdf_line *end = lines->items + lines->count, *next = line + 1;
    if (next >= end || next->page != line->page || (next->bold && !next->table)) return false;
    if (pdf_has_leader(lines, next)) return false;
    float below = line->baseline - next->baseline;
    if (below < 0.8f * line->size) return false;
    const struct pdf_line *above = line - 1;
    if (line == lines->items || above->page != line->page || above->furniture) return true;
    return above->baseline - line->baseline > 1.35f * styles->pitch * line->size;
}

/// Ranks the sizes of headings. Sizes within 8 % count as one, because fonts may be mixed.
static void rank_headings(struct pdf_styles *styles, const struct pdf_lines *lines) {
    size_t counts[bins] = {0}, large = 0;
    for (size_t i = 0; i < lines->count; i++) {
        if (!is_large(styles, lines, &lines->items[i])) continue;
        counts[bin_of(lines->items[i].size)]++;
        large++;
    }
    if (large * 4 > lines->count + 8) return;  // Slides, posters: size means nothing.
    for (int bin = bins - 1; bin >= 0 && styles->heading_count < heading_sizes_max; bin--) {
        if (!counts[bin]) continue;
        float size = (float)bin / 2;
        int ranked = styles->heading_count;
        if (ranked && size > styles->headings[ranked - 1] * 0.92f) continue;
        styles->headings[styles->heading_count++] = size;
    }
}

struct pdf_styles pdf_styles_of(const struct pdf_lines *lines) {
    struct pdf_styles styles = {.body = 10, .pitch = 1.2f};
    size_t sizes[bins] = {0}, all_sizes[bins] = {0}, steps[bins] = {0};
    size_t bytes = 0, text = 0, fixed = 0, bold = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct pdf_line *line = &lines->items[i];
        bytes += line->length;
        all_sizes[bin_of(line->size)] += line->length;
        if (!line->monospaced && !line->table) {
            sizes[bin_of(line->size)] += line->length;
            text += line->length;
        }
        if (line->monospaced) fixed += line->length;
        if (line->bold) bold += line->length;
    }
    if (!bytes) return styles;
    // Code and tables often have smaller letters than the text.
    styles.body = (float)fullest(text * 5 > bytes && text > 400 ? sizes : all_sizes) / 2;
    if (styles.body < 1) styles.body = 1;
    for (size_t i = 1; i < lines->count; i++) {
        const struct pdf_line *line = &lines->items[i], *above = line - 1;
        float step = above->baseline - line->baseline;
        bool body = fabsf(line->size - styles.body) < 0.3f && above->page == line->page;
        if (body && step > 0.8f * styles.body && step < 3 * styles.body) steps[bin_of(step)]++;
    }
    int step = fullest(steps);
    if (step) styles.pitch = (float)step / 2 / styles.body;
    styles.code = fixed * 2 < bytes;
    styles.bold_headings = bold * 5 < bytes;
    rank_headings(&styles, lines);
    return styles;
}

int pdf_heading_level(const struct pdf_styles *styles, const struct pdf_lines *lines,
                      const struct pdf_line *line) {
    if (line->table || line->is_note) return 0;
    if (styles->heading_count && is_large(styles, lines, line)) {
        for (int rank = 0; rank < styles->heading_count; rank++) {
            if (line->size > styles->headings[rank] * 0.92f) return rank + 1;
        }
        return styles->heading_count;
    }
    bool named = line->named_heading && reads_as_title(lines, line, 240);
    if (!named && !is_bold_title(styles, lines, line)) return 0;
    if (styles->heading_count) return styles->heading_count + 1;
    return named ? line->named_heading : 2;
}

bool pdf_is_code(const struct pdf_styles *styles, const struct pdf_line *line) {
    return styles->code && line->monospaced;
}
