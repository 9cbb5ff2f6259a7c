#include "code_page.h"

#include <stdio.h>
#include <unicode/ucnv.h>

#include "failure.h"

/// The converter that was used last; texts of one document share their code page.
static UConverter *converter;
static unsigned converter_page;

static const char *name_of(unsigned page, char *text, size_t size) {
    switch (page) {
    case 10000: return "macintosh";
    case 20127: return "US-ASCII";
    case 20866: return "KOI8-R";
    case 21866: return "KOI8-U";
    case 20932: case 51932: return "EUC-JP";
    case 50220: case 50221: case 50222: return "ISO-2022-JP";
    case 51936: return "EUC-CN";
    case 51949: return "EUC-KR";
    case 54936: return "GB18030";
    case 65001: return "UTF-8";
    }
    if (page >= 28591 && page <= 28605) snprintf(text, size, "ISO-8859-%u", page - 28590);
    else if (page == 874 || (page >= 932 && page <= 1361)) snprintf(text, size, "windows-%u", page);
    else snprintf(text, size, "cp%u", page);
    return text;
}

static UConverter *converter_for(unsigned page) {
    if (converter && converter_page == page) return converter;
    char text[32];
    UErrorCode status = U_ZERO_ERROR;
    if (converter) ucnv_close(converter);
    converter = ucnv_open(name_of(page, text, sizeof text), &status);
    if (U_FAILURE(status)) {
        status = U_ZERO_ERROR;
        converter = ucnv_open("windows-1252", &status);
    }
    if (U_FAILURE(status)) fail(FAILURE_TOO_LARGE, "the document needs more memory than the limit");
    converter_page = page;
    return converter;
}

void append_code_page(struct buffer *target, struct view text, unsigned code_page) {
    UConverter *from = converter_for(code_page);
    ucnv_reset(from);
    const char *at = (const char *)text.bytes, *end = at + text.length;
    while (at < end) {
        UErrorCode status = U_ZERO_ERROR;
        UChar32 scalar = ucnv_getNextUChar(from, &at, end, &status);
        if (status == U_INDEX_OUTOFBOUNDS_ERROR) return;
        buffer_scalar(target, U_FAILURE(status) ? 0xfffd : (uint32_t)scalar);
    }
}

void append_utf16(struct buffer *target, struct view text) {
    for (size_t at = 0; at + 1 < text.length; at += 2) {
        uint32_t unit = view_u16(text, at), low = view_u16(text, at + 2);
        bool is_pair = (unit & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00;
        if (is_pair) {
            unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
            at += 2;
        }
        buffer_scalar(target, unit);
    }
}

void append_latin1(struct buffer *target, struct view text) {
    for (size_t i = 0; i < text.length; i++) buffer_scalar(target, text.bytes[i]);
}
