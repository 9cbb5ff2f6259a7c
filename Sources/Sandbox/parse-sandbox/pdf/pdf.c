// PDF by pdfium. Text is read page by page; pdf_layout.c turns it into blocks.
#include <dlfcn.h>
#include <stdlib.h>

#include "failure.h"
#include "formats.h"
#include "pdf_lines.h"
#include "run_limits.h"
#include "writer.h"

struct pdfium pdfium;

/// Why PDF is unavailable, or NULL.
static const char *obstacle = "parsing PDF requires --pdfium";

static void *bind(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (!function) obstacle = "the pdfium library lacks a function";
    return function;
}

void pdf_require(void) {
    if (obstacle) fail(FAILURE_SANDBOX_UNAVAILABLE, obstacle);
}

void pdf_prepare(const char *library_path) {
    if (!library_path) return;
    obstacle = NULL;
    void *library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        obstacle = "the pdfium library cannot be loaded";
        return;
    }
#define BIND(name) *(void **)&pdfium.name = bind(library, "FPDF_" #name)
#define BIND_TEXT(name) *(void **)&pdfium.Text_##name = bind(library, "FPDFText_" #name)
    BIND(InitLibrary);
    BIND(LoadMemDocument64);
    BIND(GetLastError);
    BIND(GetPageCount);
    BIND(LoadPage);
    BIND(ClosePage);
    BIND_TEXT(LoadPage);
    BIND_TEXT(ClosePage);
    BIND_TEXT(CountChars);
    BIND_TEXT(GetUnicode);
    BIND_TEXT(GetFontSize);
    BIND_TEXT(GetFontWeight);
    BIND_TEXT(GetFontInfo);
    BIND_TEXT(GetMatrix);
    BIND_TEXT(GetCharBox);
    BIND_TEXT(GetCharOrigin);
#undef BIND
#undef BIND_TEXT
    if (!obstacle) pdfium.InitLibrary();
}

static pdf_document open_document(const struct buffer *bytes) {
    pdf_document document = pdfium.LoadMemDocument64(bytes->bytes, bytes->length, NULL);
    if (document) return document;
    unsigned long error = pdfium.GetLastError();
    if (error == PDF_ERROR_PASSWORD || error == PDF_ERROR_SECURITY) {
        fail(FAILURE_ENCRYPTED, "the document is protected by a password");
    }
    fail(FAILURE_MALFORMED, "the document is damaged or is not a PDF");
}

void parse_pdf(struct buffer *bytes, struct pages *pages) {
    pdf_document document = open_document(bytes);
    int count = pdfium.GetPageCount(document);
    if (count > limits.pages) fail(FAILURE_TOO_LARGE, "the document has too many pages");
    if (count < 1) fail(FAILURE_MALFORMED, "the document has no pages");
    pages->in_source = count;
    struct pdf_lines lines = {0};
    for (int index = 0; index < count; index++) {
        pdf_page page = pdfium.LoadPage(document, index);
        pdf_text text = page ? pdfium.Text_LoadPage(page) : NULL;
        if (text) {
            pdf_lines_read(&lines, text, index);
            pdfium.Text_ClosePage(text);
            pages->read++;
        }
        if (page) pdfium.ClosePage(page);
        if (lines.text.length > limits.output_bytes) {
            fail(FAILURE_TOO_LARGE, "the document contains more text than the limit");
        }
    }
    if (pages->read == 0) fail(FAILURE_MALFORMED, "no page of the document can be read");
    pdf_lines_mark_furniture(&lines, count);
    pdf_layout_write(&lines, count);
}
