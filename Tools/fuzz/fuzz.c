// The parsers of parse-sandbox without the jail, for a fuzzer: parses the document on stdin as the
// format that the argument names. scripts/fuzz builds it.
#define main sandbox_main
#include "main.c"
#undef main

int main(int count, char **arguments) {
    if (count != 2) return 1;
    parser *parse = parser_named(arguments[1]);
    limits.output_bytes = 8ul << 20;
    limits.unpacked_bytes = 32ul << 20;
    pdf_prepare(getenv("PDFIUM"));
    xmlInitParser();
    if (parse == parse_pdf) pdf_require();
    struct buffer document = {0};
    struct pages pages = {0};
    read_document(&document);
    if (!document.length) return 0;
    parse(&document, &pages);
    if (pages.in_source > 0) write_page_break();
    writer_finish();
    report_success(&pages);
    return 0;
}
