// The limits of one run. Set once from the command line, before the jail closes.
#pragma once

#include <stddef.h>

struct limits {
    /// Address space of the process, in MiB.
    unsigned long memory_mb;
    /// Processor time, in seconds.
    unsigned long cpu_seconds;
    /// Markdown written, in bytes.
    size_t output_bytes;
    /// Size of the document on stdin, in bytes.
    size_t input_bytes;
    /// Unpacked size of all parts of an archive, in bytes.
    size_t unpacked_bytes;
    /// Entries in an archive.
    long entries;
    /// Pages of a PDF.
    long pages;
    /// Pages that are recognised optically.
    long ocr_pages;
    /// Processor time for recognising one page and all pages, in seconds.
    unsigned long ocr_page_seconds, ocr_seconds;
};

extern struct limits limits;
