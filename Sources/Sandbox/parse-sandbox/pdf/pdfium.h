// The part of pdfium's C interface that is used, bound at run time. The library is a separate
// file, found by path and loaded before the jail closes.
#pragma once

#include <stdbool.h>

typedef void *pdf_document;
typedef void *pdf_page;
typedef void *pdf_text;

struct pdf_matrix { float a, b, c, d, e, f; };

/// Names as in pdfium's headers, without their FPDF prefixes.
struct pdfium {
    void (*InitLibrary)(void);
    pdf_document (*LoadMemDocument64)(const void *bytes, unsigned long size, const char *secret);
    unsigned long (*GetLastError)(void);
    int (*GetPageCount)(pdf_document);
    pdf_page (*LoadPage)(pdf_document, int index);
    void (*ClosePage)(pdf_page);
    pdf_text (*Text_LoadPage)(pdf_page);
    void (*Text_ClosePage)(pdf_text);
    int (*Text_CountChars)(pdf_text);
    unsigned (*Text_GetUnicode)(pdf_text, int index);
    double (*Text_GetFontSize)(pdf_text, int index);
    int (*Text_GetFontWeight)(pdf_text, int index);
    unsigned long (*Text_GetFontInfo)(pdf_text, int index, void *name, unsigned long size,
                                      int *flags);
    int (*Text_GetMatrix)(pdf_text, int index, struct pdf_matrix *matrix);
    int (*Text_GetCharOrigin)(pdf_text, int index, double *x, double *y);
    int (*Text_GetCharBox)(pdf_text, int index, double *left, double *right, double *bottom,
                           double *top);
};

extern struct pdfium pdfium;

enum { PDF_ERROR_PASSWORD = 4, PDF_ERROR_SECURITY = 5 };
