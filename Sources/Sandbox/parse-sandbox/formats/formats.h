// One function per format. It reads the document, writes its blocks and sets the page counts.
#pragma once

#include "buffer.h"

struct pages {
    /// -1 for a format without pages.
    long in_source;
    long read;
    /// Pages whose text was recognised optically.
    long by_ocr;
};

/// Loads pdfium for all children, if a path is given.
void pdf_prepare(const char *library_path);

/// Fails with `sandbox_unavailable` if pdfium is not loaded.
void pdf_require(void);

void parse_pdf(struct buffer *document, struct pages *pages);
void parse_docx(struct buffer *document, struct pages *pages);
void parse_pptx(struct buffer *document, struct pages *pages);
void parse_xlsx(struct buffer *document, struct pages *pages);
void parse_odt(struct buffer *document, struct pages *pages);
void parse_ods(struct buffer *document, struct pages *pages);
void parse_odp(struct buffer *document, struct pages *pages);
void parse_html(struct buffer *document, struct pages *pages);
void parse_markdown(struct buffer *document, struct pages *pages);
void parse_csv(struct buffer *document, struct pages *pages);
void parse_text(struct buffer *document, struct pages *pages);
