#include "encoding_labels.h"

#include <string.h>
#include <strings.h>

/// Labels of the Encoding Standard (https://encoding.spec.whatwg.org) that ICU does not know.
static const struct { const char *label, *encoding; } aliases[] = {
    {"cn-big5", "Big5"},          {"csiso88596e", "ISO-8859-6"}, {"csiso88596i", "ISO-8859-6"},
    {"csiso88598e", "ISO-8859-8"}, {"csiso88598i", "ISO-8859-8"}, {"dos-874", "windows-874"},
    {"koi", "KOI8-R"},            {"koi8-ru", "KOI8-U"},         {"logical", "ISO-8859-8"},
    {"visual", "ISO-8859-8"},     {"x-mac-ukrainian", "x-mac-cyrillic"},
};

/// Encodings, by ICU's names, that the standard reads as a superset: documents that declare the
/// first contain characters of the second.
static const struct { const char *declared, *read; } supersets[] = {
    {"US-ASCII", "windows-1252"},           {"ISO-8859-1", "windows-1252"},
    {"ibm-920_P100-1995", "windows-1254"},  {"iso-8859_11-2001", "windows-874"},
    {"ibm-1383_P110-1999", "gb18030"},      {"ibm-5478_P100-1995", "gb18030"},
    {"windows-936-2000", "gb18030"},        {"windows-950-2000", "Big5-HKSCS"},
    {"ibm-970_P110_P110-2006_U2", "windows-949"}, {"ibm-949_P110-1999", "windows-949"},
};

static UConverter *open_named(const char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &status);
    return U_SUCCESS(status) ? converter : NULL;
}

/// Whether ASCII has its usual bytes, so that the document could declare this encoding in it.
static bool contains_ascii(UConverter *converter) {
    static const char sample[] = "<meta charset=\"A-z0~\">\\";
    UChar text[64];
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = ucnv_toUChars(converter, text, 64, sample, -1, &status);
    for (int32_t i = 0; i < length; i++) {
        if (text[i] != (UChar)sample[i]) return false;
    }
    return U_SUCCESS(status) && length == (int32_t)sizeof sample - 1;
}

UConverter *encoding_open_label(const char *label) {
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (!strcasecmp(aliases[i].label, label)) label = aliases[i].encoding;
    }
    if (!*label) return NULL;  // ICU would open its default converter.
    UConverter *converter = open_named(label);
    UErrorCode status = U_ZERO_ERROR;
    const char *name = converter ? ucnv_getName(converter, &status) : "";
    for (size_t i = 0; i < sizeof supersets / sizeof *supersets; i++) {
        if (strcmp(supersets[i].declared, name)) continue;
        ucnv_close(converter);
        converter = open_named(supersets[i].read);
        break;
    }
    if (!converter || contains_ascii(converter)) return converter;
    ucnv_close(converter);
    return NULL;
}

const char *encoding_name(UConverter *converter) {
    static const char *const standards[] = {"MIME", "IANA", ""};
    static const struct { const char *own, *name; } others[] = {
        {"ibm-737_P100-1997", "IBM737"}, {"windows-874-2000", "windows-874"},
        {"windows-949-2000", "EUC-KR"},
    };
    UErrorCode status = U_ZERO_ERROR;
    const char *own = ucnv_getName(converter, &status), *name = NULL;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!strcmp(others[i].own, own)) name = others[i].name;
    }
    for (size_t i = 0; !name && i < sizeof standards / sizeof *standards; i++) {
        status = U_ZERO_ERROR;
        name = ucnv_getStandardName(own, standards[i], &status);
    }
    return name ? name : own;
}
