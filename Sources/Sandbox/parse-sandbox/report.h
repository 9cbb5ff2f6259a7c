// What a successful parse reports next to the text: one line of JSON on stderr.
#pragma once

/// What was left out of the text or may be wrong in it. The names in report.c are part of the API.
enum warning {
    /// A page, or a part of the document such as a slide, cannot be read.
    WARNING_PAGE_UNREADABLE,
    /// A page has a picture, but no text, and was not recognised optically.
    WARNING_PAGE_WITHOUT_TEXT,
    /// Optical recognition of a page failed or reached its limit.
    WARNING_OCR_FAILED,
    /// The encoding was guessed from few letters.
    WARNING_ENCODING_UNCERTAIN,
    /// Bytes are invalid in the encoding; U+FFFD takes their place.
    WARNING_INVALID_CHARACTERS,
    /// A file inside the document was not read.
    WARNING_ATTACHMENT_SKIPPED,
    /// A hidden sheet, slide, row or part of a page was left out.
    WARNING_HIDDEN_CONTENT_SKIPPED,
    /// The navigation of a web page, or what surrounds its main text, was left out.
    WARNING_PAGE_FRAME_SKIPPED,
    /// A formula has no stored value, so the formula itself is in the text.
    WARNING_FORMULA_WITHOUT_VALUE,
    /// A part of the document has a form that is not supported.
    WARNING_PART_UNSUPPORTED,
    /// The document's structure is invalid, so parts of it were read as plain text.
    WARNING_STRUCTURE_INVALID,
    /// Something long that is not text was left out, such as data in base64, or was cut, such as a
    /// list of numbers or the output of a program.
    WARNING_TEXT_SHORTENED,
    WARNING_COUNT,
};

/// Counts a warning. `page` is from 1, or 0 for a document without pages.
void report_warning(enum warning warning, long page);
/// Sets the encoding from which the text was decoded, by its IANA name.
void report_encoding(const char *name);

struct pages;

/// Reports success.
void report_success(const struct pages *pages);
