// The tables of fonts and styles: code pages of fonts, and the styles that are headings.
#include <stdlib.h>
#include <string.h>

#include "rtf.h"
#include "symbols.h"

/// Fonts and styles with higher numbers are ignored.
enum { numbers_max = 8192, heading_max = 6 };

int rtf_code_page = 1252;

static struct { int code_page; char *symbols; } fonts[numbers_max];
static struct { int outline, heading; } styles[numbers_max];
static long font, default_font, style;

static bool is_listed(long number) { return number >= 0 && number < numbers_max; }

void rtf_font_begin(long number) { font = number; }

void rtf_font_code_page(long code_page) {
    if (is_listed(font) && code_page > 0) fonts[font].code_page = (int)code_page;
}

void rtf_font_charset(long charset) {
    static const struct { int charset, code_page; } pages[] = {
        {77, 10000}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},  {136, 950},
        {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257},
        {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (pages[i].charset == charset) rtf_font_code_page(pages[i].code_page);
    }
}

void rtf_font_end(const char *name) {
    name += strspn(name, " ");
    if (!is_listed(font) || !is_symbol_font(name) || fonts[font].symbols) return;
    fonts[font].symbols = checked_copy(name);
}

void rtf_use_font(long number) {
    bool is_known = is_listed(number);
    int code_page = is_known ? fonts[number].code_page : 0;
    rtf_now.code_page = code_page ? code_page : rtf_code_page;
    rtf_now.symbols = is_known ? fonts[number].symbols : NULL;
}

void rtf_set_default_font(long number) { default_font = number; }

void rtf_use_default_font(void) { rtf_use_font(default_font); }

void rtf_style_begin(long number) { style = number; }

void rtf_style_outline(long level) {
    bool is_heading = level >= 0 && level < heading_max;
    if (is_heading && is_listed(style)) styles[style].outline = (int)level + 1;
}

void rtf_style_end(const char *name) {
    int level = 0;
    name += strspn(name, " ");
    if (is_listed(style)) {
        // Word writes other names of the style after a comma.
        bool is_heading = !strncasecmp(name, "heading ", 8) && name[8] >= '1' &&
            name[8] <= '0' + heading_max && (!name[9] || name[9] == ',');
        if (!strcasecmp(name, "title")) level = 1;
        else level = is_heading ? name[8] - '0' : styles[style].outline;
        styles[style].heading = level;
    }
    // A style without a number is the first.
    style = 0;
}

int rtf_style_heading(long number) { return is_listed(number) ? styles[number].heading : 0; }
