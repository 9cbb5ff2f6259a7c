// PDF by pdfium. Each page becomes lines in reading order; layout/ turns the lines of all pages
// into blocks.
#include <stdlib.h>

#include "failure.h"
#include "formats.h"
#include "pdf_page.h"
#include "pdf_scan.h"
#include "report.h"
#include "run_limits.h"
#include "writer.h"

static pdf_document open_document(const struct buffer *bytes) {
    pdf_document document = pdfium.LoadMemDocument64(bytes->bytes, bytes->length, NULL);
    if (document) return document;
    unsigned long error = pdfium.GetLastError();
    if (error == PDF_ERROR_PASSWORD || error == PDF_ERROR_SECURITY) {
        fail(FAILURE_ENCRYPTED, "the document is protected by a password");
    }
    fail(FAILURE_MALFORMED, "the document is damaged or is not a PDF");
}

/// Appends the lines of one page. Returns whether the page can be read.
static bool read_page(struct pdf_lines *lines, pdf_page page, pdf_form form, int index,
                      struct pages *pages) {
    static struct pdf_page_text text;
    if (!pdf_page_read(&text, page, index)) return false;
    pdf_read_overlays(&text, page, form);
    if (text.fragment_count == 0) pdf_scan_read(page, index, pages);
    pdf_find_ruled_tables(&text);
    pdf_find_aligned_regions(&text);
    pdf_append_lines(lines, &text);
    return true;
}

void parse_pdf(struct buffer *bytes, struct pages *pages) {
    pdf_document document = open_document(bytes);
    int count = pdfium.GetPageCount(document);
    if (count > limits.pages) fail(FAILURE_TOO_LARGE, "the document has too many pages");
    if (count < 1) fail(FAILURE_MALFORMED, "the document has no pages");
    pages->in_source = count;
    static struct pdf_form_callbacks callbacks = {.version = 1};
    bool has_form = pdfium.GetFormType(document) != 0;
    pdf_form form = has_form ? pdfium.DOC_InitFormFillEnvironment(document, &callbacks) : NULL;
    writer_has_pages();
    struct pdf_lines lines = {0};
    for (int index = 0; index < count; index++) {
        pdf_page page = pdfium.LoadPage(document, index);
        bool read = page && read_page(&lines, page, form, index, pages);
        if (read) pages->read++;
        else report_warning(WARNING_PAGE_UNREADABLE, index + 1);
        if (page) pdfium.ClosePage(page);
        if (lines.text.length > limits.output_bytes) {
            fail(FAILURE_TOO_LARGE, "the document contains more text than the limit");
        }
    }
    if (pages->read == 0) fail(FAILURE_MALFORMED, "no page of the document can be read");
    pdf_lines_mark_outline(&lines, document, count);
    pdf_lines_mark_furniture(&lines, count);
    pdf_layout_write(&lines, count);
}
