#include <stdlib.h>
#include <string.h>

#include "rtf.h"

/// In the order of their names.
static const struct rtf_known words[] = {
    {"aftnsep", RTF_SKIPPED, 0},                  {"aftnsepc", RTF_SKIPPED, 0},
    {"annotation", RTF_ASIDE, RTF_COMMENT},       {"ansicpg", RTF_CODE_PAGE, 0},
    {"atnauthor", RTF_SINK, RTF_TO_AUTHOR},       {"atndate", RTF_SKIPPED, 0},
    {"atnicn", RTF_SKIPPED, 0},                   {"atnid", RTF_SKIPPED, 0},
    {"atnref", RTF_SKIPPED, 0},                   {"atntime", RTF_SKIPPED, 0},
    {"author", RTF_SKIPPED, 0},                   {"bin", RTF_BINARY, 0},
    {"bkmkend", RTF_SKIPPED, 0},                  {"bkmkstart", RTF_SKIPPED, 0},
    {"bullet", RTF_CHARACTER, 0x2022},            {"cell", RTF_CELL, 0},
    {"cellx", RTF_CELL_EDGE, 0},                  {"clmrg", RTF_CELL_MERGED, 0},
    {"clvmrg", RTF_CELL_COVERED, 0},              {"colortbl", RTF_SKIPPED, 0},
    {"cpg", RTF_FONT_CODE_PAGE, 0},               {"creatim", RTF_SKIPPED, 0},
    {"deff", RTF_FONT_DEFAULT, 0},                {"deleted", RTF_HIDDEN, 0},
    {"do", RTF_KEPT, 0},                          {"dptxbxtext", RTF_ASIDE, RTF_BOX},
    {"emdash", RTF_CHARACTER, 0x2014},            {"emspace", RTF_CHARACTER, ' '},
    {"endash", RTF_CHARACTER, 0x2013},            {"enspace", RTF_CHARACTER, ' '},
    {"f", RTF_FONT, 0},                           {"falt", RTF_SKIPPED, 0},
    {"fcharset", RTF_FONT_CHARSET, 0},            {"ffdefres", RTF_FORM_RESULT, 1},
    {"ffres", RTF_FORM_RESULT, 0},                {"fftype", RTF_FORM_TYPE, 0},
    {"field", RTF_FIELD, 0},                      {"fldinst", RTF_SINK, RTF_TO_INSTRUCTION},
    {"fldrslt", RTF_FIELD_RESULT, 0},             {"fonttbl", RTF_SINK, RTF_TO_FONTS},
    {"footer", RTF_ASIDE, RTF_RUNNING},           {"footerf", RTF_ASIDE, RTF_RUNNING},
    {"footerl", RTF_ASIDE, RTF_RUNNING},          {"footerr", RTF_ASIDE, RTF_RUNNING},
    {"footnote", RTF_ASIDE, RTF_NOTE},            {"formfield", RTF_KEPT, 0},
    {"fromhtml", RTF_FROM_HTML, 0},               {"ftncn", RTF_SKIPPED, 0},
    {"ftnsep", RTF_SKIPPED, 0},                   {"ftnsepc", RTF_SKIPPED, 0},
    {"header", RTF_ASIDE, RTF_RUNNING},           {"headerf", RTF_ASIDE, RTF_RUNNING},
    {"headerl", RTF_ASIDE, RTF_RUNNING},          {"headerr", RTF_ASIDE, RTF_RUNNING},
    {"htmlrtf", RTF_HTML_SKIP, 0},                {"htmltag", RTF_SINK, RTF_TO_HTML},
    {"ilvl", RTF_LIST_LEVEL, 0},                  {"info", RTF_SKIPPED, 0},
    {"intbl", RTF_IN_TABLE, 0},                   {"itap", RTF_TABLE_DEPTH, 0},
    {"ldblquote", RTF_CHARACTER, 0x201c},         {"line", RTF_CHARACTER, '\n'},
    {"list", RTF_SKIPPED, 0},                     {"listoverridetable", RTF_SKIPPED, 0},
    {"listtable", RTF_SKIPPED, 0},                {"listtext", RTF_SINK, RTF_TO_LABEL},
    {"lquote", RTF_CHARACTER, 0x2018},            {"ls", RTF_LIST, 0},
    {"mac", RTF_CODE_PAGE, 10000},                {"moMath", RTF_KEPT, 0},
    {"moMathPara", RTF_KEPT, 0},                  {"nestcell", RTF_NESTED_CELL, 0},
    {"nestrow", RTF_NESTED_ROW, 0},               {"nesttableprops", RTF_KEPT, 0},
    {"nonesttables", RTF_SKIPPED, 0},             {"nonshppict", RTF_SKIPPED, 0},
    {"nosupersub", RTF_POSITION, 0},              {"objclass", RTF_SKIPPED, 0},
    {"objdata", RTF_EMBEDDED, 0},                 {"objname", RTF_SKIPPED, 0},
    {"outlinelevel", RTF_OUTLINE, 0},             {"page", RTF_PARAGRAPH, 0},
    {"par", RTF_PARAGRAPH, 0},                    {"pard", RTF_PARAGRAPH_DEFAULTS, 0},
    {"pc", RTF_CODE_PAGE, 437},                   {"pca", RTF_CODE_PAGE, 850},
    {"pict", RTF_SKIPPED, 0},                     {"plain", RTF_PLAIN, 0},
    {"pntext", RTF_SINK, RTF_TO_LABEL},           {"pntxta", RTF_SKIPPED, 0},
    {"pntxtb", RTF_SKIPPED, 0},                   {"private", RTF_SKIPPED, 0},
    {"qmspace", RTF_CHARACTER, ' '},              {"rdblquote", RTF_CHARACTER, 0x201d},
    {"row", RTF_ROW, 0},                          {"rquote", RTF_CHARACTER, 0x2019},
    {"rxe", RTF_SKIPPED, 0},                      {"s", RTF_STYLE, 0},
    {"sect", RTF_PARAGRAPH, 0},                   {"shpinst", RTF_KEPT, 0},
    {"shprslt", RTF_SKIPPED, 0},                  {"shptxt", RTF_ASIDE, RTF_BOX},
    {"sp", RTF_SKIPPED, 0},                       {"stylesheet", RTF_SINK, RTF_TO_STYLES},
    {"sub", RTF_POSITION, -1},                    {"super", RTF_POSITION, 1},
    {"tab", RTF_CHARACTER, '\t'},                 {"tc", RTF_SKIPPED, 0},
    {"tcn", RTF_SKIPPED, 0},                      {"trhdr", RTF_ROW_HEADER, 0},
    {"trowd", RTF_ROW_DEFAULTS, 0},               {"txe", RTF_SKIPPED, 0},
    {"u", RTF_UNICODE, 0},                        {"uc", RTF_FALLBACK_LENGTH, 0},
    {"ud", RTF_UNICODE_FORM, 0},                  {"upr", RTF_SKIPPED, 1},
    {"v", RTF_HIDDEN, 0},                         {"xe", RTF_SKIPPED, 0},
    {"zwj", RTF_CHARACTER, 0x200d},               {"zwnj", RTF_CHARACTER, 0x200c},
};

static int compare(const void *name, const void *word) {
    return strcmp(name, ((const struct rtf_known *)word)->name);
}

const struct rtf_known *rtf_find(const char *name) {
    return bsearch(name, words, sizeof words / sizeof *words, sizeof *words, compare);
}
