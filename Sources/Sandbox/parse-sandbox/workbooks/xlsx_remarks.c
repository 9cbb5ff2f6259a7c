// Comments and links of cells.
#include <stdlib.h>
#include <string.h>

#include "xlsx_parts.h"

enum { remarks_max = 200000, remark_bytes_max = 8192 };

static struct remark *remarks;
static size_t count, capacity, next;
static bool is_sorted;

static struct {
    struct place place;
    struct buffer text;
    bool in_text, has_threads;
    int phonetic_depth;
} comment;

void xlsx_add_remark(struct place place, const char *text, bool is_link) {
    if (count == remarks_max || place.row < 0 || place.column < 0 || !*text) return;
    if (count == capacity) {
        capacity = capacity * 2 + 64;
        remarks = checked_realloc(remarks, capacity, sizeof *remarks);
    }
    remarks[count++] = (struct remark){place, checked_copy(text), is_link};
    is_sorted = false;
}

static void end_comment(void) {
    static const char marker[] = "[Threaded comment]";
    buffer_collapse(&comment.text, false);
    if (comment.text.length > remark_bytes_max) comment.text.length = remark_bytes_max;
    const char *text = buffer_cstring(&comment.text);
    // Older programs see a copy of a thread, which begins with an explanation.
    bool is_copy = !strncmp(text, marker, strlen(marker));
    const char *start = is_copy ? strstr(text, "Comment:") : NULL;
    if (is_copy && comment.has_threads) return;
    xlsx_add_remark(comment.place, start ? start + strlen("Comment:") : text, false);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (comment.in_text && !comment.phonetic_depth) buffer_text(&comment.text, name);
        return;
    }
    bool is_thread = !strcmp(name, "threadedComment");
    if (is_thread || !strcmp(name, "comment")) {
        if (event == XML_END) {
            end_comment();
            return;
        }
        buffer_clear(&comment.text);
        comment.place = xlsx_place(xml_attribute(reader, "ref"));
    } else if (!strcmp(name, "t") || !strcmp(name, "text")) {
        // A thread has its text in <text>, an older comment in runs within <text>.
        bool is_text = !strcmp(name, "t") || comment.has_threads;
        if (is_text) comment.in_text = event == XML_START;
    } else if (!strcmp(name, "rPh")) {
        comment.phonetic_depth += event == XML_START ? 1 : -1;
    }
}

void xlsx_read_comments(const struct relations *parts) {
    const char *threads = relation_by_type(parts, "threadedComment");
    comment.has_threads = threads != NULL;
    if (threads) archive_walk(threads, visit);
    comment.in_text = false;
    const char *notes = relation_by_type(parts, "comments");
    if (notes) archive_walk(notes, visit);
    comment.in_text = false;
    next = 0;
}

static int compare(const void *a, const void *b) {
    const struct remark *left = a, *right = b;
    const struct place *l = &left->place, *r = &right->place;
    if (l->row != r->row) return l->row < r->row ? -1 : 1;
    if (l->column != r->column) return l->column < r->column ? -1 : 1;
    // Links come before comments, and comments stay in the order of the thread.
    if (left->is_link != right->is_link) return left->is_link ? -1 : 1;
    return 0;
}

const struct remark *xlsx_next_remark(struct place place) {
    if (!is_sorted && count) qsort(remarks, count, sizeof *remarks, compare);
    is_sorted = true;
    if (next == count) return NULL;
    struct remark *remark = &remarks[next];
    bool is_due = remark->place.row < place.row ||
        (remark->place.row == place.row && remark->place.column <= place.column);
    if (!is_due) return NULL;
    next++;
    return remark;
}

void xlsx_clear_remarks(void) {
    for (size_t i = 0; i < count; i++) free(remarks[i].text);
    count = next = 0;
}
