// PPT, PowerPoint 97 to 2003 ([MS-PPT]): slides in their order with form feeds between them.
// Comments and notes follow each slide. Hidden slides and the texts of masters are left out.
#include <stdlib.h>

#include "blocks.h"
#include "code_page.h"
#include "failure.h"
#include "formats.h"
#include "ppt_shapes.h"
#include "ppt_text.h"
#include "report.h"
#include "running_text.h"
#include "writer.h"

enum {
    slides_max = 20000,
    list_of_slides = 0, list_of_notes = 2,
    SLIDE_IS_HIDDEN = 4,
    string_author = 0, string_comment = 1, string_footer = 2,
    HEADERS_HAS_FOOTER = 1 << 5,
};

/// A slide or a page of notes in a list, with the texts that its shapes refer to.
struct entry {
    uint32_t number, id;
    struct view texts;
};

struct list {
    struct entry *entries;
    size_t count;
};

static struct list list_of(struct view document, unsigned instance) {
    struct list list = {0};
    struct ppt_record texts, record;
    for (size_t at = 0; ppt_next(document, &at, &texts);) {
        if (texts.type != PPT_TEXTS || texts.instance != instance) continue;
        size_t start = 0;
        for (size_t in = 0; ppt_next(texts.data, &in, &record);) {
            if (record.type == PPT_SLIDE_PLACE) {
                if (list.count == slides_max) {
                    fail(FAILURE_TOO_LARGE, "the presentation has more than 20000 slides");
                }
                if ((list.count & (list.count - 1)) == 0) {
                    list.entries =
                        checked_realloc(list.entries, list.count * 2 + 1, sizeof *list.entries);
                }
                list.entries[list.count++] = (struct entry){
                    .number = view_u32(record.data, 0), .id = view_u32(record.data, 12)};
                start = in;
            }
            if (!list.count) continue;
            list.entries[list.count - 1].texts = view_part(texts.data, start, in - start);
        }
    }
    return list;
}

/// Writes the comments on a slide, which are in tags of newer programs.
static void write_comments(struct view slide) {
    struct ppt_record tag, comment, part;
    struct view tags = ppt_child(slide, PPT_TAGS);
    for (size_t at = 0; ppt_next(tags, &at, &tag);) {
        struct view data = ppt_child(tag.data, PPT_TAG_DATA);
        for (size_t in = 0; tag.type == PPT_TAG && ppt_next(data, &in, &comment);) {
            if (comment.type != PPT_COMMENT) continue;
            struct buffer author = {0}, text = {0};
            for (size_t of = 0; ppt_next(comment.data, &of, &part);) {
                if (part.type != PPT_STRING) continue;
                if (part.instance == string_author) append_utf16(&author, part.data);
                if (part.instance == string_comment) append_utf16(&text, part.data);
            }
            struct paragraph paragraph = {0};
            paragraph_comment(&paragraph, buffer_cstring(&author), &text);
            block_write(&paragraph);
            paragraph_free(&paragraph);
            buffer_free(&author);
            buffer_free(&text);
        }
    }
}

/// Writes the footer of a slide, or that of all slides, unless it has been written.
static void write_footer(struct view content) {
    struct ppt_record part;
    struct view headers = ppt_child(content, PPT_HEADERS);
    struct view settings = ppt_child(headers, PPT_HEADERS_ATOM);
    if (!(view_u16(settings, 2) & HEADERS_HAS_FOOTER)) return;
    for (size_t at = 0; ppt_next(headers, &at, &part);) {
        if (part.type != PPT_STRING || part.instance != string_footer) continue;
        struct buffer text = {0};
        append_utf16(&text, part.data);
        running_text_write(&text);
        buffer_free(&text);
    }
}

static void write_notes(const struct list *notes, struct view slide) {
    uint32_t id = view_u32(ppt_child(slide, PPT_SLIDE_ATOM), 16);
    for (size_t i = 0; id && i < notes->count; i++) {
        if (notes->entries[i].id != id) continue;
        struct view page = ppt_take(notes->entries[i].number, PPT_NOTES);
        ppt_notes_write(page, notes->entries[i].texts);
        return;
    }
}

/// Objects of other programs are left out.
static void report_objects(struct view document) {
    struct ppt_record record;
    struct view objects = ppt_child(document, PPT_OBJECTS);
    for (size_t at = 0; ppt_next(objects, &at, &record);) {
        if (record.type == PPT_EMBEDDED) report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
    }
}

void parse_ppt(struct buffer *document, struct pages *pages) {
    struct view content = ppt_open(document);
    struct list slides = list_of(content, list_of_slides);
    struct list notes = list_of(content, list_of_notes);
    ppt_links_read(content);
    pages->in_source = (long)slides.count;
    for (size_t i = 0; i < slides.count; i++) {
        struct view slide = ppt_take(slides.entries[i].number, PPT_SLIDE);
        struct view show = ppt_child(slide, PPT_SLIDE_SHOW);
        bool is_hidden = view_u16(show, 10) & SLIDE_IS_HIDDEN;
        if (i) write_page_break();
        if (!slide.length || is_hidden) {
            report_warning(is_hidden ? WARNING_HIDDEN_CONTENT_SKIPPED : WARNING_PAGE_UNREADABLE,
                           (long)i + 1);
            continue;
        }
        ppt_slide_write(slide, slides.entries[i].texts);
        write_footer(slide);
        write_footer(content);
        write_comments(slide);
        write_notes(&notes, slide);
        pages->read++;
    }
    report_objects(content);
    free(slides.entries);
    free(notes.entries);
}
