// Binds pdfium's functions.
#include "pdfium.h"

#include <dlfcn.h>

#include "failure.h"
#include "formats.h"
#include "pdf_scan.h"

struct pdfium pdfium;

/// Why PDF is unavailable, or NULL.
static const char *obstacle = "parsing PDF requires --pdfium";

void pdf_require(void) {
    if (obstacle) fail(FAILURE_SANDBOX_UNAVAILABLE, obstacle);
}

#define PLAIN(name) {"FPDF_" #name, (void **)&pdfium.name}
#define NAMED(name) {"FPDF" #name, (void **)&pdfium.name}
static const struct { const char *name; void **function; } functions[] = {
    PLAIN(InitLibrary), PLAIN(LoadMemDocument64), PLAIN(GetLastError), PLAIN(GetPageCount),
    PLAIN(LoadPage), PLAIN(ClosePage), PLAIN(GetPageBoundingBox), PLAIN(GetFormType),
    NAMED(Text_LoadPage), NAMED(Text_ClosePage), NAMED(Text_CountChars), NAMED(Text_GetUnicode),
    NAMED(Text_GetFontSize), NAMED(Text_GetFontWeight), NAMED(Text_GetFontInfo),
    NAMED(Text_GetMatrix), NAMED(Text_GetCharOrigin), NAMED(Text_GetCharBox),
    NAMED(Text_GetTextObject),
    NAMED(Page_GetRotation), NAMED(Page_SetRotation), NAMED(Page_CountObjects),
    NAMED(Page_GetObject), NAMED(PageObj_GetType), NAMED(PageObj_GetBounds),
    NAMED(PageObj_GetMatrix), NAMED(PageObj_GetFillColor), NAMED(PageObj_GetMarkedContentID),
    NAMED(FormObj_CountObjects), NAMED(FormObj_GetObject), NAMED(Path_CountSegments),
    NAMED(Path_GetPathSegment), NAMED(Path_GetDrawMode), NAMED(PathSegment_GetPoint),
    NAMED(PathSegment_GetType), NAMED(PathSegment_GetClose),
    NAMED(DOC_InitFormFillEnvironment), NAMED(Page_GetAnnotCount), NAMED(Page_GetAnnot),
    NAMED(Page_CloseAnnot), NAMED(Annot_GetSubtype), NAMED(Annot_GetFlags), NAMED(Annot_GetRect),
    NAMED(Annot_GetStringValue), NAMED(Annot_GetFormFieldType), NAMED(Annot_GetFormFieldFlags),
    NAMED(Annot_GetFormFieldValue), NAMED(Annot_GetOptionCount), NAMED(Annot_GetOptionLabel),
    NAMED(Annot_IsOptionSelected), NAMED(Annot_IsChecked),
    PLAIN(StructTree_GetForPage), PLAIN(StructTree_Close), PLAIN(StructTree_CountChildren),
    PLAIN(StructTree_GetChildAtIndex), PLAIN(StructElement_GetType),
    PLAIN(StructElement_CountChildren), PLAIN(StructElement_GetChildAtIndex),
    PLAIN(StructElement_GetChildMarkedContentID),
    NAMED(Bookmark_GetFirstChild), NAMED(Bookmark_GetNextSibling), NAMED(Bookmark_GetTitle),
    NAMED(Bookmark_GetDest), NAMED(Dest_GetDestPageIndex),
};

void pdf_prepare(const char *library_path) {
    if (!library_path) return;
    obstacle = NULL;
    void *library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        obstacle = "the pdfium library cannot be loaded";
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        *functions[i].function = dlsym(library, functions[i].name);
        if (!*functions[i].function) obstacle = "the pdfium library lacks a function";
    }
    pdf_scan_bind(library);
    if (!obstacle) pdfium.InitLibrary();
}
