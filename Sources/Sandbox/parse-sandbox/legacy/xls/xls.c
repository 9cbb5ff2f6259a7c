// XLS, Excel 5 to 2003 ([MS-XLS]): a heading and the tables of each sheet, with a form feed between
// sheets. Stored values are read; formulas are not computed.
#include "compound.h"
#include "embedded.h"
#include "failure.h"
#include "formats.h"
#include "writer.h"
#include "xls_globals.h"
#include "xls_sheet.h"

static void write_sheet(const struct xls_sheet *sheet) {
    struct buffer title = {0};
    buffer_text(&title, sheet->name);
    write_heading(2, &title);
    buffer_free(&title);
    xls_sheet_write(sheet->at);
}

void parse_xls(struct buffer *document, struct pages *pages) {
    static struct buffer stream;
    compound_open(document);
    bool is_found = compound_read_named(COMPOUND_ROOT, "Workbook", &stream) ||
        compound_read_named(COMPOUND_ROOT, "Book", &stream);
    if (!is_found) fail(FAILURE_MALFORMED, "the document has no workbook");
    workbook.stream = view_of(&stream);
    xls_globals_read();
    pages->in_source = (long)xls_sheet_count;
    for (size_t i = 0; i < xls_sheet_count; i++) {
        if (i) write_page_break();
        write_sheet(&xls_sheets[i]);
        pages->read++;
    }
    embedded_files(COMPOUND_ROOT, "MBD");
}
