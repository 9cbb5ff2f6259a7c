// What one run may use. Set once from the command line, before the jail closes.
#pragma once

#include <stddef.h>

struct limits {
    /// Address space of the process, in MiB.
    unsigned long memory_mb;
    /// Processor time, in seconds.
    unsigned long cpu_seconds;
    /// Markdown written, in bytes.
    size_t output_bytes;
    /// Bytes of the document on stdin.
    size_t input_bytes;
    /// Bytes that all parts of an archive may unpack to.
    size_t unpacked_bytes;
    /// Entries in an archive.
    long entries;
    /// Pages of a PDF.
    long pages;
};

extern struct limits limits;
