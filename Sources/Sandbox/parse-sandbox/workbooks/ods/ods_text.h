// The texts in an ODS sheet: what cells show, their comments and links, and shapes over them.
#pragma once

#include "archive.h"
#include "sheet.h"

extern struct ods_text {
    /// Of the current cell.
    struct buffer cell, comment, address;
    /// Of the shapes of the sheet.
    struct buffer shapes;
} ods_text;

/// Follows the elements that texts consist of. Returns false for other elements.
bool ods_text_visit(xmlTextReaderPtr reader, enum xml_event event, const char *name);
/// Adds the link and the comment to the cell's text. Returns the kind of the value.
enum cell_kind ods_text_end_cell(const char *type, const char *value);
