// The part of pdfium's C interface that is used, bound at run time. The library is a separate
// file, found by path and loaded before the jail closes.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef void *pdf_document;
typedef void *pdf_page;
typedef void *pdf_text;
typedef void *pdf_object;
typedef void *pdf_segment;
typedef void *pdf_form;
typedef void *pdf_annotation;
typedef void *pdf_tree;
typedef void *pdf_element;
typedef void *pdf_bookmark;
typedef void *pdf_destination;

struct pdf_matrix { float a, b, c, d, e, f; };
struct pdf_rect { float left, top, right, bottom; };
/// Version 1: all callbacks are optional in a build without scripts.
struct pdf_form_callbacks { int version; void *callbacks[64]; };

/// Functions by their names in pdfium's headers, without `FPDF_` and with `FPDFText_` and the like
/// as `Text_`.
struct pdfium {
    void (*InitLibrary)(void);
    pdf_document (*LoadMemDocument64)(const void *bytes, unsigned long size, const char *secret);
    unsigned long (*GetLastError)(void);
    int (*GetPageCount)(pdf_document);
    pdf_page (*LoadPage)(pdf_document, int index);
    void (*ClosePage)(pdf_page);
    int (*GetPageBoundingBox)(pdf_page, struct pdf_rect *);
    int (*GetFormType)(pdf_document);

    pdf_text (*Text_LoadPage)(pdf_page);
    void (*Text_ClosePage)(pdf_text);
    int (*Text_CountChars)(pdf_text);
    unsigned (*Text_GetUnicode)(pdf_text, int index);
    double (*Text_GetFontSize)(pdf_text, int index);
    int (*Text_GetFontWeight)(pdf_text, int index);
    unsigned long (*Text_GetFontInfo)(pdf_text, int index, void *name, unsigned long size,
                                      int *flags);
    int (*Text_GetMatrix)(pdf_text, int index, struct pdf_matrix *);
    int (*Text_GetCharOrigin)(pdf_text, int index, double *x, double *y);
    int (*Text_GetCharBox)(pdf_text, int index, double *left, double *right, double *bottom,
                           double *top);
    pdf_object (*Text_GetTextObject)(pdf_text, int index);

    int (*Page_GetRotation)(pdf_page);
    void (*Page_SetRotation)(pdf_page, int quarters);
    int (*Page_CountObjects)(pdf_page);
    pdf_object (*Page_GetObject)(pdf_page, int index);
    int (*PageObj_GetType)(pdf_object);
    int (*PageObj_GetBounds)(pdf_object, float *left, float *bottom, float *right, float *top);
    int (*PageObj_GetMatrix)(pdf_object, struct pdf_matrix *);
    int (*PageObj_GetFillColor)(pdf_object, unsigned *, unsigned *, unsigned *, unsigned *);
    int (*PageObj_GetMarkedContentID)(pdf_object);
    int (*FormObj_CountObjects)(pdf_object);
    pdf_object (*FormObj_GetObject)(pdf_object, unsigned long index);
    int (*Path_CountSegments)(pdf_object);
    pdf_segment (*Path_GetPathSegment)(pdf_object, int index);
    int (*Path_GetDrawMode)(pdf_object, int *fill_mode, int *stroke);
    int (*PathSegment_GetPoint)(pdf_segment, float *x, float *y);
    int (*PathSegment_GetType)(pdf_segment);
    int (*PathSegment_GetClose)(pdf_segment);

    pdf_form (*DOC_InitFormFillEnvironment)(pdf_document, struct pdf_form_callbacks *);
    int (*Page_GetAnnotCount)(pdf_page);
    pdf_annotation (*Page_GetAnnot)(pdf_page, int index);
    void (*Page_CloseAnnot)(pdf_annotation);
    int (*Annot_GetSubtype)(pdf_annotation);
    int (*Annot_GetFlags)(pdf_annotation);
    int (*Annot_GetRect)(pdf_annotation, struct pdf_rect *);
    unsigned long (*Annot_GetStringValue)(pdf_annotation, const char *key, void *, unsigned long);
    int (*Annot_GetFormFieldType)(pdf_form, pdf_annotation);
    int (*Annot_GetFormFieldFlags)(pdf_form, pdf_annotation);
    unsigned long (*Annot_GetFormFieldValue)(pdf_form, pdf_annotation, void *, unsigned long);
    int (*Annot_GetOptionCount)(pdf_form, pdf_annotation);
    unsigned long (*Annot_GetOptionLabel)(pdf_form, pdf_annotation, int, void *, unsigned long);
    int (*Annot_IsOptionSelected)(pdf_form, pdf_annotation, int index);
    int (*Annot_IsChecked)(pdf_form, pdf_annotation);

    pdf_tree (*StructTree_GetForPage)(pdf_page);
    void (*StructTree_Close)(pdf_tree);
    int (*StructTree_CountChildren)(pdf_tree);
    pdf_element (*StructTree_GetChildAtIndex)(pdf_tree, int index);
    unsigned long (*StructElement_GetType)(pdf_element, void *, unsigned long);
    int (*StructElement_CountChildren)(pdf_element);
    pdf_element (*StructElement_GetChildAtIndex)(pdf_element, int index);
    int (*StructElement_GetChildMarkedContentID)(pdf_element, int index);

    pdf_bookmark (*Bookmark_GetFirstChild)(pdf_document, pdf_bookmark);
    pdf_bookmark (*Bookmark_GetNextSibling)(pdf_document, pdf_bookmark);
    unsigned long (*Bookmark_GetTitle)(pdf_bookmark, void *, unsigned long);
    pdf_destination (*Bookmark_GetDest)(pdf_document, pdf_bookmark);
    int (*Dest_GetDestPageIndex)(pdf_document, pdf_destination);
};

extern struct pdfium pdfium;

enum { PDF_ERROR_PASSWORD = 4, PDF_ERROR_SECURITY = 5 };
