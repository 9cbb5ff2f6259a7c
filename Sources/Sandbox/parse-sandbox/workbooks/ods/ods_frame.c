#include "ods_frame.h"

#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "sheet.h"

enum { styles_max = 65536, ranges_max = 1000 };

struct style {
    char *name;
    bool is_bold, is_hidden_sheet;
};

static struct style *styles;
static size_t style_count;

/// A range with filter buttons, whose first row is its heading row.
static struct { char *sheet; struct cell_range range; } ranges[ranges_max];
static size_t range_count;

static int compare(const void *a, const void *b) {
    return strcmp(((const struct style *)a)->name, ((const struct style *)b)->name);
}

static const struct style *style_named(const char *name) {
    struct style key = {.name = (char *)name};
    return name && style_count ? bsearch(&key, styles, style_count, sizeof key, compare) : NULL;
}

/// A place such as ".D20" in an address.
static const char *read_place(const char *at, long *row, long *column) {
    at += strspn(at, "$");
    for (*column = 0; *at >= 'A' && *at <= 'Z' && *column < sheet_columns_max; at++) {
        *column = *column * 26 + (*at - 'A' + 1);
    }
    *column -= 1;
    at += strspn(at, "$");
    char *end;
    *row = strtol(at, &end, 10) - 1;
    return end;
}

/// Reads a range such as "Sheet1.A1:Sheet1.D20" or "'My sheet'.A1:'My sheet'.D20".
static void add_range(const char *address) {
    const char *dot = strchr(address, '.'), *colon = dot ? strchr(dot, ':') : NULL;
    const char *second = colon ? strchr(colon, '.') : NULL;
    if (!second || range_count == ranges_max) return;
    struct cell_range range;
    read_place(dot + 1, &range.first_row, &range.first_column);
    read_place(second + 1, &range.last_row, &range.last_column);
    if (range.first_row < 0 || range.last_row <= range.first_row || range.first_column < 0) return;
    char *name = checked_copy(address + (*address == '\'' || *address == '$'));
    name[strcspn(name, ".")] = 0;
    size_t length = strlen(name);
    if (length && name[length - 1] == '\'') name[length - 1] = 0;
    ranges[range_count].sheet = name;
    ranges[range_count++].range = range;
}

static void visit(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START) return;
    if (!strcmp(name, "style") && style_count < styles_max) {
        if (!styles) styles = checked_realloc(NULL, styles_max, sizeof *styles);
        const char *title = xml_attribute(reader, "name");
        styles[style_count++] = (struct style){.name = checked_copy(title ? title : "")};
    } else if (!strcmp(name, "text-properties") && style_count) {
        const char *weight = xml_attribute(reader, "font-weight");
        styles[style_count - 1].is_bold = weight && !strcmp(weight, "bold");
    } else if (!strcmp(name, "table-properties") && style_count) {
        const char *display = xml_attribute(reader, "display");
        styles[style_count - 1].is_hidden_sheet = display && !strcmp(display, "false");
    } else if (!strcmp(name, "database-range")) {
        const char *buttons = xml_attribute(reader, "display-filter-buttons");
        const char *address = xml_attribute(reader, "target-range-address");
        if (buttons && !strcmp(buttons, "true") && address) add_range(address);
    }
}

void ods_read_frame(void) {
    archive_walk_around("content.xml", "table", visit);
    if (style_count) qsort(styles, style_count, sizeof *styles, compare);
}

bool ods_is_bold(const char *name) {
    const struct style *style = style_named(name);
    return style && style->is_bold;
}

bool ods_is_hidden_sheet(const char *name) {
    const struct style *style = style_named(name);
    return style && style->is_hidden_sheet;
}

void ods_declare_tables(const char *name) {
    for (size_t i = 0; i < range_count; i++) {
        if (!strcmp(ranges[i].sheet, name)) sheet_table(ranges[i].range, 1, "");
    }
}
