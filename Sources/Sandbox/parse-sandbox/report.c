#include "report.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formats.h"

static const char *const names[WARNING_COUNT] = {
    [WARNING_PAGE_UNREADABLE] = "page_unreadable",
    [WARNING_PAGE_WITHOUT_TEXT] = "page_without_text",
    [WARNING_OCR_FAILED] = "ocr_failed",
    [WARNING_ENCODING_UNCERTAIN] = "encoding_uncertain",
    [WARNING_INVALID_CHARACTERS] = "invalid_characters",
    [WARNING_ATTACHMENT_SKIPPED] = "attachment_skipped",
    [WARNING_HIDDEN_CONTENT_SKIPPED] = "hidden_content_skipped",
    [WARNING_PAGE_FRAME_SKIPPED] = "page_frame_skipped",
    [WARNING_FORMULA_WITHOUT_VALUE] = "formula_without_value",
    [WARNING_PART_UNSUPPORTED] = "part_unsupported",
    [WARNING_STRUCTURE_INVALID] = "structure_invalid",
    [WARNING_TEXT_SHORTENED] = "text_shortened",
};

/// How often each warning occurred, and the first page on which it did.
static struct { long count, first_page; } warnings[WARNING_COUNT];
static char encoding[32];

void report_warning(enum warning warning, long page) {
    if (warnings[warning].count++ == 0) warnings[warning].first_page = page;
}

void report_encoding(const char *name) {
    snprintf(encoding, sizeof encoding, "%s", name);
}

void report_success(const struct pages *pages) {
    char line[2048];
    FILE *json = fmemopen(line, sizeof line, "w");
    if (!json) return;
    fputs("{\"code\":\"ok\"", json);
    if (pages->in_source >= 0) {
        fprintf(json, ",\"pages\":%ld,\"pages_read\":%ld,\"pages_by_ocr\":%ld",
                pages->in_source, pages->read, pages->by_ocr);
    }
    if (*encoding) fprintf(json, ",\"encoding\":\"%s\"", encoding);
    const char *separator = ",\"warnings\":[";
    bool any = false;
    for (int i = 0; i < WARNING_COUNT; i++) {
        if (!warnings[i].count) continue;
        fprintf(json, "%s{\"code\":\"%s\",\"count\":%ld", separator, names[i],
                warnings[i].count);
        if (warnings[i].first_page) fprintf(json, ",\"page\":%ld", warnings[i].first_page);
        fputc('}', json);
        separator = ",";
        any = true;
    }
    fputs(any ? "]}\n" : "}\n", json);
    long length = ftell(json);
    fclose(json);
    ssize_t written = write(STDERR_FILENO, line, (size_t)length);
    (void)written;  // The text is complete on stdout, and the exit status reports success.
}
