// The styles of cells: number formats and bold fonts.
#include <string.h>

#include "xlsx_parts.h"

enum { formats_max = 4096, styles_max = 65536, fonts_max = 65536 };

static struct { long id; const struct format_code *code; } formats[formats_max];
static size_t format_count;

static struct cell_style *styles;
static size_t style_count;

static bool *bold_fonts;
static size_t font_count;
static bool in_cell_styles, in_fonts;

static const struct format_code *format_of(long id) {
    for (size_t i = 0; i < format_count; i++) {
        if (formats[i].id == id) return formats[i].code;
    }
    return number_format_of_id(id);
}

static void read_font(xmlTextReaderPtr reader, const char *name) {
    if (!strcmp(name, "font") && font_count < fonts_max) {
        if (!bold_fonts) bold_fonts = checked_realloc(NULL, fonts_max, sizeof *bold_fonts);
        bold_fonts[font_count++] = false;
    } else if (!strcmp(name, "b") && font_count) {
        bold_fonts[font_count - 1] = xml_is_on(reader);
    }
}

static void read_style(xmlTextReaderPtr reader) {
    if (!styles) styles = checked_realloc(NULL, styles_max, sizeof *styles);
    long font = xml_number(reader, "fontId", 0), format = xml_number(reader, "numFmtId", 0);
    // Styles with the same format share it, because a code is taken apart for each call.
    static long last_id;
    static const struct format_code *last;
    if (format != last_id) last = format_of(last_id = format);
    styles[style_count++] = (struct cell_style){
        .format = last,
        .is_bold = font >= 0 && (size_t)font < font_count && bold_fonts[font],
    };
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) return;
    if (!strcmp(name, "cellXfs")) in_cell_styles = event == XML_START;
    if (!strcmp(name, "fonts")) in_fonts = event == XML_START;
    if (event != XML_START) return;
    if (in_fonts) {
        read_font(reader, name);
    } else if (!strcmp(name, "numFmt") && format_count < formats_max) {
        const char *code = xml_attribute(reader, "formatCode");
        formats[format_count].id = xml_number(reader, "numFmtId", -1);
        formats[format_count++].code = number_format_of_code(code ? code : "");
    } else if (in_cell_styles && !strcmp(name, "xf") && style_count < styles_max) {
        read_style(reader);
    }
}

void xlsx_read_styles(const char *part) { archive_walk(part, visit); }

struct cell_style xlsx_style(long index) {
    bool is_known = index >= 0 && (size_t)index < style_count;
    return is_known ? styles[index] : (struct cell_style){0};
}
