// parse-sandbox: turns each untrusted document into normalised Markdown, inside its own jail.
//
// Each document has a child process, which reads it from stdin. The child writes Markdown to
// stdout, either all or nothing, and one line of JSON to stderr. Exit statuses are in failure.h.
// Neighbours: serve.c (the children), jail.c (their restrictions), one file per format, writer.c
// (blocks to Markdown), normalise.c (the final form of the text).
#include <errno.h>
#include <getopt.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "formats.h"
#include "jail.h"
#include "ocr.h"
#include "report.h"
#include "run_limits.h"
#include "serve.h"
#include "writer.h"

struct limits limits = {
    .memory_mb = 1024,
    .cpu_seconds = 30,
    .output_bytes = 64ul << 20,
    .input_bytes = 512ul << 20,
    .unpacked_bytes = 256ul << 20,
    .entries = 20000,
    .pages = 50000,
    .ocr_pages = 200,
    .ocr_page_seconds = 30,
    .ocr_seconds = 600,
};

static const struct { const char *name; parser *parse; } formats[] = {
    {"csv", parse_csv},           {"doc", parse_doc},     {"docx", parse_docx},
    {"eml", parse_eml},           {"msg", parse_msg},     {"ppt", parse_ppt},
    {"image", parse_image},       {"xls", parse_xls},
    {"epub", parse_epub},         {"gzip", parse_gzip},   {"html", parse_html},
    {"json", parse_json},         {"mbox", parse_mbox},   {"mhtml", parse_mhtml},
    {"markdown", parse_markdown}, {"odp", parse_odp},     {"ods", parse_ods},
    {"odt", parse_odt},           {"pdf", parse_pdf},     {"pptx", parse_pptx},
    {"rtf", parse_rtf},           {"tar", parse_tar},     {"text", parse_text},
    {"notebook", parse_notebook}, {"xlsx", parse_xlsx},   {"xml", parse_xml},
    {"subtitles", parse_subtitles}, {"zip", parse_zip},
};

struct options {
    const char *pdfium;
    struct ocr_options ocr;
    bool serve;
    bool self_test;
};

static unsigned long number(const char *text, unsigned long least, unsigned long most) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    bool fits = *text >= '0' && *text <= '9' && !*end && !errno;
    if (!fits || value < least || value > most) fail(FAILURE_USAGE, "a number is out of range");
    return value;
}

static parser *parser_named(const char *name) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!strcmp(formats[i].name, name)) return formats[i].parse;
    }
    fail(FAILURE_UNSUPPORTED_TYPE, "no parser supports this format");
}

static struct options read_options(int count, char **arguments) {
    static const struct option known[] = {
        {"serve", no_argument, 0, 'S'},           {"pdfium", required_argument, 0, 'p'},
        {"memory-mb", required_argument, 0, 'm'}, {"cpu-seconds", required_argument, 0, 'c'},
        {"output-bytes", required_argument, 0, 'o'}, {"self-test", no_argument, 0, 's'},
        {"tesseract", required_argument, 0, 't'}, {"ocr-data", required_argument, 0, 'd'},
        {"ocr-languages", required_argument, 0, 'l'}, {"ocr-pages", required_argument, 0, 'P'},
        {"ocr-page-seconds", required_argument, 0, 'e'},
        {"ocr-seconds", required_argument, 0, 'E'},
        {0},
    };
    struct options options = {0};
    opterr = 0;
    for (int option; (option = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        switch (option) {
        case 'S': options.serve = true; break;
        case 'p': options.pdfium = optarg; break;
        case 'm': limits.memory_mb = number(optarg, 1, 1ul << 20); break;
        case 'c': limits.cpu_seconds = number(optarg, 1, 86400); break;
        case 'o': limits.output_bytes = number(optarg, 1, 1ul << 40); break;
        case 't': options.ocr.library = optarg; break;
        case 'd': options.ocr.data_folder = optarg; break;
        case 'l': options.ocr.languages = optarg; break;
        case 'P': limits.ocr_pages = (long)number(optarg, 1, 100000); break;
        case 'e': limits.ocr_page_seconds = number(optarg, 1, 3600); break;
        case 'E': limits.ocr_seconds = number(optarg, 1, 86400); break;
        case 's': options.self_test = true; break;
        default: fail(FAILURE_USAGE, "unknown option");
        }
    }
    if (optind != count || options.serve == options.self_test) {
        fail(FAILURE_USAGE, "parse-sandbox --serve [--pdfium PATH] [--memory-mb N] "
                            "[--cpu-seconds N] [--output-bytes N], or --self-test");
    }
    return options;
}

static void read_document(struct buffer *document) {
    for (;;) {
        buffer_reserve(document, 1 << 16);
        size_t room = document->capacity - document->length - 1;
        ssize_t count = read(STDIN_FILENO, document->bytes + document->length, room);
        if (count == 0) return;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(FAILURE_SANDBOX_UNAVAILABLE, "the document cannot be read");
        document->length += (size_t)count;
        if (document->length > limits.input_bytes) {
            fail(FAILURE_TOO_LARGE, "the document is too large");
        }
    }
}

/// Parses the document on stdin. The jail stays closed, so the process must end afterwards.
static void parse_document(parser *parse) {
    if (parse == parse_pdf) pdf_require();
    if (parse == parse_image) ocr_require();
    jail_close();
    struct buffer document = {0};
    struct pages pages = {0};
    read_document(&document);
    if (!document.length) fail(FAILURE_NO_TEXT, "the document is empty");
    parse(&document, &pages);
    // A form feed ends each page.
    if (pages.in_source > 0) write_page_break();
    writer_finish();
    report_success(&pages);
}

int main(int count, char **arguments) {
    struct options options = read_options(count, arguments);
    jail_build();
    if (options.self_test) {
        jail_prepare(0);
        jail_close();
        return jail_self_test();
    }
    pdf_prepare(options.pdfium);
    ocr_prepare(&options.ocr);
    xmlInitParser();
    serve(parser_named, parse_document);
    return 0;
}
