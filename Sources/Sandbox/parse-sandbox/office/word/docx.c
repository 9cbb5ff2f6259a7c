// DOCX: headers and footers once, then the body with its notes and comments in place. Deleted text,
// hidden text, field codes and fallbacks are left out.
#include <string.h>

#include "blocks.h"
#include "failure.h"
#include "formats.h"
#include "word.h"

static int skip_depth, table_depth;

/// Walks the body down to paragraphs and rows.
static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) return;
    if (word_is_skipped(name)) {
        skip_depth += event == XML_START ? 1 : -1;
        return;
    }
    if (skip_depth) return;
    bool is_table = !strcmp(name, "tbl");
    if (event == XML_END) {
        if (is_table && table_depth && --table_depth == 0) word_table_end();
    } else if (is_table) {
        if (table_depth++ == 0) word_table_begin();
    } else if (!strcmp(name, "p")) {
        word_paragraph(archive_take(reader), NULL);
    } else if (!strcmp(name, "tr") && table_depth) {
        word_table_row(archive_take(reader));
    } else if (!strcmp(name, "altChunk")) {
        word_foreign_part(archive_take(reader));
    }
}

static void read_notes(const struct relations *parts) {
    static const char *const types[] = {
        [WORD_FOOTNOTES] = "footnotes", [WORD_ENDNOTES] = "endnotes",
        [WORD_COMMENTS] = "comments"};
    for (int kind = 0; kind < WORD_NOTES_COUNT; kind++) {
        const char *part = relation_by_type(parts, types[kind]);
        if (part) word_notes_read((enum word_notes)kind, part);
    }
}

void parse_docx(struct buffer *document, struct pages *pages) {
    archive_open(document);
    pages->in_source = -1;
    struct relations package = relations_of("");
    const char *body = relation_by_type(&package, "officeDocument");
    if (!body) body = "word/document.xml";
    struct relations parts = relations_of(body);
    const char *styles = relation_by_type(&parts, "styles");
    word_styles_read(styles ? styles : "word/styles.xml");
    const char *numbering = relation_by_type(&parts, "numbering");
    word_numbering_read(numbering ? numbering : "word/numbering.xml");
    read_notes(&parts);
    word_headers_write(&parts);
    word_relations = &parts;
    word_fields_reset();
    if (!archive_walk(body, visit)) fail(FAILURE_MALFORMED, "the document has no body");
    word_notes_end();
    blocks_flush();
    word_objects_end();
    relations_free(&parts);
    relations_free(&package);
}
