// OpenDocument text (ODT) and presentations (ODP), part by part. Paragraphs, rows of tables and
// slides are taken as trees.
#pragma once

#include <stdbool.h>

#include "archive.h"
#include "paragraph.h"
#include "tree.h"

// --- odf_styles.c

/// Automatic styles of a part are unknown to the other part.
enum odf_scope { ODF_COMMON, ODF_STYLES, ODF_CONTENT };

enum odf_family { ODF_PARAGRAPH, ODF_TEXT, ODF_PAGE, ODF_FAMILY_COUNT };

/// The meaning of a style, with what it inherits.
struct odf_style {
    /// 1 for the style of titles, otherwise 0.
    int heading;
    /// The list of automatic numbers: NULL if the style does not name one, empty if it has none.
    const char *list;
    bool is_code, is_monospaced, is_hidden;
    /// 1 for superscript, -1 for subscript.
    int position;
};

/// Adds a style, and a list or outline style to odf_lists.c, from the part with this scope.
void odf_style_read(const xmlNode *node, enum odf_scope scope);
struct odf_style odf_style(enum odf_family family, const char *name);
/// Whether text is monospaced unless it says otherwise, so that the font does not mark code.
bool odf_is_monospaced_by_default(void);
/// The part that is being read.
extern enum odf_scope odf_scope;

// --- odf_lists.c

void odf_list_style_read(const xmlNode *node, enum odf_scope scope);
void odf_list_begin(const xmlNode *list);
/// A list item, or a list header, which has no number.
void odf_list_item(const xmlNode *item);
void odf_list_end(void);
/// Sets the level and the number of a paragraph in the open lists, or of a heading outside them.
void odf_number(const xmlNode *node, const struct odf_style *style, struct paragraph *paragraph);

// --- odf_text.c

/// Whether the text is that of a header or footer.
extern bool odf_is_running;

/// The text of a paragraph while it is read.
struct odf_line {
    struct paragraph *paragraph;
    /// Bytes in a monospaced font and in others, without blanks.
    size_t monospaced, proportional;
    /// Where text boxes are written: in the paragraph, or after it.
    bool is_inline;
    xmlNodePtr *boxes;
    size_t box_count;
};

/// Appends the text in a paragraph or span.
void odf_text(struct odf_line *line, const xmlNode *parent, const struct odf_style *style);
/// A comment, wherever it is.
void odf_comment(struct paragraph *paragraph, const xmlNode *annotation);

// --- odf_frame.c

/// Whether an element is a shape, which may contain text.
bool odf_is_shape(const char *name);
/// A picture, text box, equation, chart or other object.
void odf_frame(struct odf_line *line, const xmlNode *frame);
/// Writes the charts and tables of the objects found so far.
void odf_objects_flush(void);
/// Writes the chart or the tables in the part of an object. Returns false if it does not exist.
bool odf_object_write(const char *part);

// --- odf_blocks.c

/// Reads the blocks in a tree. They are written, or appended as text to `target` if it is not NULL.
void odf_blocks(const xmlNode *parent, struct buffer *target);
void odf_paragraph(const xmlNode *node, struct buffer *target);
/// A shape that is not in a paragraph.
void odf_shape(const xmlNode *frame, struct buffer *target);
/// Whether an element is left out with its content.
bool odf_is_skipped(const xmlNode *node);

// --- odf_table.c

void odf_table_begin(void);
void odf_table_row(const xmlNode *row, bool is_header);
void odf_table_end(void);
/// Writes a table, or appends it as text to `target` if that is not NULL.
void odf_table(const xmlNode *table, struct buffer *target);

// --- odf_package.c

/// Opens the package and reads its styles. Fails if it is encrypted.
void odf_open(const struct buffer *document);
/// Reads styles of the content. Returns whether the element was one.
bool odf_content_style(xmlTextReaderPtr reader, const char *name);
