// One function a format: reads the document, writes its blocks, sets the pages if it has any.
#pragma once

#include "buffer.h"

struct pages {
    /// -1 for a format without pages.
    long in_source;
    long read;
};

/// Loads pdfium, if there is any, for all children.
void pdf_prepare(const char *library_path);

/// Fails with `sandbox_unavailable` where pdfium could not be loaded.
void pdf_require(void);

void parse_pdf(struct buffer *document, struct pages *pages);
void parse_docx(struct buffer *document, struct pages *pages);
void parse_pptx(struct buffer *document, struct pages *pages);
void parse_xlsx(struct buffer *document, struct pages *pages);
void parse_odt(struct buffer *document, struct pages *pages);
void parse_html(struct buffer *document, struct pages *pages);
void parse_markdown(struct buffer *document, struct pages *pages);
void parse_csv(struct buffer *document, struct pages *pages);
void parse_text(struct buffer *document, struct pages *pages);
