// Optical recognition by tesseract. The library is optional and is bound at run time, because most
// installations have few scans, and because it depends on twenty other libraries.
#pragma once

#include <stdbool.h>

#include "buffer.h"
#include "formats.h"
#include "page_lines.h"
#include "tesseract.h"

struct ocr_options {
    /// Path or name of libtesseract; NULL if pages are not recognised.
    const char *library;
    /// Folder of the language data.
    const char *data_folder;
    /// Names of language data, separated by "+".
    const char *languages;
};

/// Loads the library and the language data for all children.
void ocr_prepare(const struct ocr_options *options);
/// Whether the library and the language data are loaded.
bool ocr_is_ready(void);
/// Fails with `sandbox_unavailable` if optical recognition is not ready.
void ocr_require(void);

/// Whether the limits of the document allow another page.
bool ocr_has_budget(void);
/// Recognises one page, counts it and destroys `gray`, a picture of 8 bits per pixel. A page that
/// fails or reaches a limit becomes a warning, and has no lines. `number` is from 1.
struct ocr_lines ocr_page(pix gray, long number, struct pages *pages);
/// Writes the lines that are kept, as paragraphs and items. Frees the lines.
void ocr_write(struct ocr_lines *lines);
