// Pages of a PDF that have no text, such as scans.
#pragma once

#include "formats.h"
#include "pdfium.h"

/// Binds what pdfium needs to draw a page.
void pdf_scan_bind(void *library);
/// Recognises a page without text if something is drawn on it. If that is not possible, it becomes
/// a warning. `index` is from 0.
void pdf_scan_read(pdf_page page, int index, struct pages *pages);
/// Writes the text that was recognised on the page, if any.
void pdf_scan_write(int index);
