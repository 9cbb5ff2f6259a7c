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
void parse_eml(struct buffer *document, struct pages *pages);
void parse_mbox(struct buffer *document, struct pages *pages);
void parse_mhtml(struct buffer *document, struct pages *pages);
void parse_zip(struct buffer *document, struct pages *pages);
void parse_tar(struct buffer *document, struct pages *pages);
void parse_gzip(struct buffer *document, struct pages *pages);
void parse_epub(struct buffer *document, struct pages *pages);
void parse_rtf(struct buffer *document, struct pages *pages);
void parse_json(struct buffer *document, struct pages *pages);
void parse_notebook(struct buffer *document, struct pages *pages);
void parse_subtitles(struct buffer *document, struct pages *pages);
void parse_xml(struct buffer *document, struct pages *pages);
/// Documents that consist of pictures, whose text is recognised optically.
void parse_image(struct buffer *document, struct pages *pages);
void parse_text(struct buffer *document, struct pages *pages);

/// Writes the blocks of an HTML page that is a part of another document, such as a chapter of a
/// book or the body of a mail. May be called again for the next page. Decodes `page` in place.
/// `charset` is the encoding that the carrier of the page declares; NULL if it declares none.
void html_read(struct buffer *page, const char *charset);
/// The same for a page in UTF-8, such as HTML inside of Markdown.
void html_read_decoded(const struct buffer *page);
/// The same for a document that is this page, so that its title and its description are written.
void html_read_document(struct buffer *page, const char *charset);

/// Writes Markdown in UTF-8 inside another document.
void markdown_read(const char *text, size_t length);

/// Writes the blocks of an RTF document, which may be the body of a mail.
void rtf_read(const struct buffer *document);
void parse_doc(struct buffer *document, struct pages *pages);
void parse_xls(struct buffer *document, struct pages *pages);
void parse_ppt(struct buffer *document, struct pages *pages);
void parse_msg(struct buffer *document, struct pages *pages);
