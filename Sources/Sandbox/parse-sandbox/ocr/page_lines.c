#include "page_lines.h"

#include <stdlib.h>
#include <string.h>

#include "encoding.h"

/// Confidence in percent. It is low for correct words, too, if they are far apart in a table.
enum {
    /// A word below is dropped, unless it is a number or in the dictionary.
    word_least = 30,
    /// A mark below is dropped. Marks are often the remains of frames.
    mark_least = 60,
    /// A line is dropped if the mean of its words is below, and few of its words are certain.
    line_least = 55,
    /// The same for a line of numbers and words of the dictionary, such as a row of a table.
    known_line_least = 35,
    /// A word above is certain.
    certain = 80,
    /// Letters of a certain word that vouches for its block. Other blocks are dropped.
    long_word = 3,
};

static struct ocr_line *add_line(struct ocr_lines *lines) {
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity * 2 + 64;
        lines->items = checked_realloc(lines->items, lines->capacity, sizeof *lines->items);
    }
    struct ocr_line *line = &lines->items[lines->count++];
    *line = (struct ocr_line){.start = lines->text.length};
    return line;
}

static bool is_cjk(int32_t scalar) {
    return (scalar >= 0x2e80 && scalar < 0xac00) || (scalar >= 0xf900 && scalar < 0xfb00) ||
        (scalar >= 0xff00 && scalar < 0xfff0) || (scalar >= 0x20000 && scalar < 0x30000);
}

struct word {
    const char *text;
    float confidence;
    int left, right;
    /// Letters and digits. A Han character or a Kana counts as two, because it says as much.
    long letters;
    bool is_known;
    bool begins_with_cjk, ends_in_cjk;
};

static void count_letters(struct word *word) {
    const char *end = word->text + strlen(word->text);
    for (const char *at = word->text; at < end;) {
        size_t length;
        int32_t scalar = utf8_scalar(at, end, &length), lower = scalar | 0x20;
        bool ascii = (scalar >= '0' && scalar <= '9') || (lower >= 'a' && lower <= 'z');
        word->ends_in_cjk = is_cjk(scalar);
        if (at == word->text) word->begins_with_cjk = word->ends_in_cjk;
        if (scalar < 0x80 ? ascii : scalar >= 0xc0) word->letters += word->ends_in_cjk ? 2 : 1;
        at += length;
    }
}

/// Whether a word is a rule of a table or a frame that was taken for letters.
static bool is_ruling(const char *word) { return word[strspn(word, "|[]{}_~\\")] == 0; }

static void add_word(struct ocr_lines *lines, struct ocr_line *line, const struct word *word) {
    // A mark counts as one letter, so that a line of marks alone has a mean.
    long weight = word->letters ? word->letters : 1;
    line->letters += weight;
    line->confidence += word->confidence * (float)weight;
    if (word->is_known) line->letters_known += weight;
    if (word->confidence < (float)(word->letters ? word_least : mark_least) && !word->is_known) {
        return;
    }
    if (word->confidence >= (float)certain && word->letters > 1) line->letters_sure += weight;
    line->vouched |= word->letters >= long_word && word->confidence >= (float)certain;
    if (!line->length) {
        line->first_word = word->right - word->left;
        line->begins_with_cjk = word->begins_with_cjk;
    } else {
        line->has_gap |= word->left - line->last_right > 2 * line->height;
        bool joined = line->ends_in_cjk && word->begins_with_cjk;
        if (!joined) buffer_byte(&lines->text, ' ');
    }
    line->last_right = word->right;
    line->ends_in_cjk = word->ends_in_cjk;
    line->letters_kept += weight;
    buffer_text(&lines->text, word->text);
    line->length = lines->text.length - line->start;
}

/// Drops lines that are probably no text, such as the leaves of a tree in a photo.
static void choose_lines(struct ocr_lines *lines) {
    struct ocr_line *end = lines->items + lines->count;
    for (struct ocr_line *block = lines->items, *next; block < end; block = next) {
        bool vouched = false;
        for (next = block; next < end && (next == block || !next->begins_block); next++) {
            float mean = next->letters ? next->confidence / (float)next->letters : 0;
            bool known = next->letters_known * 2 >= next->letters;
            bool legible = mean >= (float)(known ? known_line_least : line_least) ||
                next->letters_sure * 3 >= next->letters;
            next->kept = next->length && legible;
            vouched |= next->kept && next->vouched;
        }
        for (struct ocr_line *line = block; line < next; line++) {
            line->kept &= vouched;
            lines->letters += line->letters;
            if (line->kept) lines->letters_kept += line->letters_kept;
        }
    }
}

/// Begins the line of the current word.
static struct ocr_line *begin_line(struct ocr_lines *lines, ocr_words words) {
    struct ocr_line *line = add_line(lines);
    line->begins_block = tesseract.IsAtBeginningOf(words, TESS_BLOCK);
    line->begins_paragraph = tesseract.IsAtBeginningOf(words, TESS_PARAGRAPH);
    int top = 0, bottom = 0;
    tesseract.BoundingBox(words, TESS_LINE, &line->left, &top, &line->right, &bottom);
    line->height = bottom - top;
    return line;
}

void ocr_lines_read(struct ocr_lines *lines, ocr_words words) {
    if (!words) return;
    struct ocr_line *line = NULL;
    do {
        char *text = tesseract.GetUTF8Text(words, TESS_WORD);
        if (!text) continue;
        if (!line || tesseract.IsAtBeginningOf(words, TESS_LINE)) line = begin_line(lines, words);
        struct word word = {
            .text = text, .confidence = tesseract.Confidence(words, TESS_WORD)};
        int top, bottom;
        tesseract.BoundingBox(words, TESS_WORD, &word.left, &top, &word.right, &bottom);
        count_letters(&word);
        word.is_known = word.letters &&
            (tesseract.WordIsFromDictionary(words) || tesseract.WordIsNumeric(words));
        if (!is_ruling(text)) add_word(lines, line, &word);
        tesseract.DeleteText(text);
    } while (tesseract.Next(words, TESS_WORD));
    choose_lines(lines);
}

void ocr_lines_free(struct ocr_lines *lines) {
    free(lines->items);
    buffer_free(&lines->text);
    *lines = (struct ocr_lines){0};
}
