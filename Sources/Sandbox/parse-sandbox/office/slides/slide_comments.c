// Comments on slides, in the form before 2021 and in the one since then.
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "slides.h"

enum { authors_max = 5000 };

static struct author { char *id, *name; } *authors;
static size_t author_count;

static void visit_author(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    bool is_author = !strcmp(name, "cmAuthor") || !strcmp(name, "author");
    if (event != XML_START || !is_author || author_count == authors_max) return;
    const char *id = xml_attribute(reader, "id"), *who = xml_attribute(reader, "name");
    if (!id || !who) return;
    if ((author_count & (author_count - 1)) == 0) {
        authors = checked_realloc(authors, author_count * 2 + 1, sizeof *authors);
    }
    authors[author_count++] = (struct author){checked_copy(id), checked_copy(who)};
}

void slide_authors_read(const struct relations *parts) {
    static const char *const types[] = {"commentAuthors", "authors"};
    for (int i = 0; i < 2; i++) {
        const char *part = relation_by_type(parts, types[i]);
        if (part) archive_walk(part, visit_author);
    }
}

static const char *author_of(const xmlNode *comment) {
    const char *id = node_attribute(comment, "authorId");
    for (size_t i = 0; id && i < author_count; i++) {
        if (!strcmp(authors[i].id, id)) return authors[i].name;
    }
    return NULL;
}

static void append_comment(struct paragraph *paragraph, const xmlNode *comment) {
    struct buffer text = {0};
    const xmlNode *plain = node_child(comment, "text"), *body = node_child(comment, "txBody");
    if (plain) append_tree_text(&text, plain);
    else slide_text(body, SLIDE_TEXT, &text);
    paragraph_comment(paragraph, author_of(comment), &text);
    buffer_free(&text);
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "cm")) return;
    const xmlNode *comment = archive_take(reader), *replies = node_child(comment, "replyLst");
    struct paragraph paragraph = {0};
    append_comment(&paragraph, comment);
    for (const xmlNode *reply = replies ? replies->children : NULL; reply; reply = reply->next) {
        if (node_is(reply, "reply")) append_comment(&paragraph, reply);
    }
    block_write(&paragraph);
    paragraph_free(&paragraph);
}

void slide_comments(const struct relations *parts) {
    for (size_t i = 0; i < parts->count; i++) {
        const struct relation *part = &parts->items[i];
        if (part->is_external || strcmp(part->type, "comments")) continue;
        archive_walk(part->target, visit);
    }
}
