#include "pdf_scan.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>

#include "ocr.h"
#include "report.h"

enum {
    dots_per_inch = 200,
    /// Pixels of a page, as of ISO A3 at the resolution above. Larger pages have a lower one.
    pixels_most = 8000000,
    /// FPDFBitmap_Gray, and FPDF_GRAYSCALE.
    bitmap_gray = 1, render_gray = 8,
};

/// Names as in pdfium's headers, without FPDF or FPDF_.
static struct {
    float (*GetPageWidthF)(pdf_page);
    float (*GetPageHeightF)(pdf_page);
    int (*Page_CountObjects)(pdf_page);
    void *(*Bitmap_CreateEx)(int width, int height, int format, void *pixels, int stride);
    int (*Bitmap_FillRect)(void *bitmap, int left, int top, int width, int height, unsigned long);
    void (*Bitmap_Destroy)(void *bitmap);
    void (*RenderPageBitmap)(void *bitmap, pdf_page, int left, int top, int width, int height,
                             int quarter_turns, int flags);
} drawing;

/// The pages that were recognised, in their order, and the next to write.
static struct scan { int index; struct ocr_lines lines; } *scans;
static size_t count, next;

void pdf_scan_bind(void *library) {
    *(void **)&drawing.GetPageWidthF = dlsym(library, "FPDF_GetPageWidthF");
    *(void **)&drawing.GetPageHeightF = dlsym(library, "FPDF_GetPageHeightF");
    *(void **)&drawing.Page_CountObjects = dlsym(library, "FPDFPage_CountObjects");
    *(void **)&drawing.Bitmap_CreateEx = dlsym(library, "FPDFBitmap_CreateEx");
    *(void **)&drawing.Bitmap_FillRect = dlsym(library, "FPDFBitmap_FillRect");
    *(void **)&drawing.Bitmap_Destroy = dlsym(library, "FPDFBitmap_Destroy");
    *(void **)&drawing.RenderPageBitmap = dlsym(library, "FPDF_RenderPageBitmap");
}

static pix picture_of(const unsigned char *pixels, int width, int height) {
    pix gray = leptonica.Create(width, height, 8);
    if (!gray) return NULL;
    unsigned char *row = (unsigned char *)leptonica.GetData(gray);
    for (int y = 0; y < height; y++) {
        // The words of a row begin at their highest byte, and this machine stores it last.
        for (int x = 0; x < width; x++) row[x ^ 3] = pixels[x];
        row += (size_t)leptonica.GetWpl(gray) * 4;
        pixels += width;
    }
    return gray;
}

/// Draws a page. Returns NULL if pdfium cannot.
static pix draw(pdf_page page) {
    float width = drawing.GetPageWidthF(page), height = drawing.GetPageHeightF(page);
    if (!(width > 0 && height > 0)) return NULL;
    float most = sqrtf((float)pixels_most / (width * height));
    float scale = fminf((float)dots_per_inch / 72, most);
    int columns = (int)fmaxf(1, width * scale), rows = (int)fmaxf(1, height * scale);
    if (columns > 30000 || rows > 30000) return NULL;
    unsigned char *pixels = checked_realloc(NULL, (size_t)columns * (size_t)rows, 1);
    void *bitmap = drawing.Bitmap_CreateEx(columns, rows, bitmap_gray, pixels, columns);
    pix gray = NULL;
    if (bitmap) {
        drawing.Bitmap_FillRect(bitmap, 0, 0, columns, rows, 0xffffffff);
        drawing.RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, render_gray);
        drawing.Bitmap_Destroy(bitmap);
        gray = picture_of(pixels, columns, rows);
    }
    free(pixels);
    return gray;
}

void pdf_scan_read(pdf_page page, int index, struct pages *pages) {
    if (drawing.Page_CountObjects(page) < 1) return;
    if (!ocr_is_ready()) {
        report_warning(WARNING_PAGE_WITHOUT_TEXT, index + 1);
        return;
    }
    pix gray = ocr_has_budget() ? draw(page) : NULL;
    if (!gray) {
        report_warning(WARNING_OCR_FAILED, index + 1);
        return;
    }
    scans = checked_realloc(scans, count + 1, sizeof *scans);
    scans[count++] = (struct scan){.index = index, .lines = ocr_page(gray, index + 1, pages)};
}

void pdf_scan_write(int index) {
    if (next < count && scans[next].index == index) ocr_write(&scans[next++].lines);
}
