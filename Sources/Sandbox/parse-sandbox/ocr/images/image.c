// Documents that consist of pictures. Each page of a TIFF file is a page.
#include "failure.h"
#include "ocr.h"
#include "picture.h"
#include "report.h"
#include "run_limits.h"
#include "writer.h"

enum { pages_most = 2000 };

/// Recognises and writes a page. Returns whether its picture can be decoded.
static bool write_page(const struct buffer *document, int page, struct pages *pages) {
    if (!ocr_has_budget()) {
        report_warning(WARNING_OCR_FAILED, page + 1);
        return true;
    }
    pix gray = NULL;
    enum picture_state state = picture_decode(document, page, &gray);
    if (state == PICTURE_TOO_LARGE && pages->in_source == 1) {
        fail(FAILURE_TOO_LARGE, "the image has more than 100 megapixels (400 in gray)");
    }
    if (state != PICTURE_FINE) {
        report_warning(WARNING_PAGE_UNREADABLE, page + 1);
        return false;
    }
    struct ocr_lines lines = ocr_page(gray, page + 1, pages);
    ocr_write(&lines);
    return true;
}

void parse_image(struct buffer *document, struct pages *pages) {
    int count = picture_count(document, pages_most);
    if (count > pages_most) fail(FAILURE_TOO_LARGE, "the image has more than 2000 pages");
    pages->in_source = count;
    for (int page = 0; page < count; page++) {
        if (page) write_page_break();
        pages->read += write_page(document, page, pages);
    }
    if (!pages->read) fail(FAILURE_MALFORMED, "the image is damaged or has an unknown format");
    if (!pages->by_ocr) fail(FAILURE_NO_TEXT, "no text was recognised in the image");
}
