// ZIP archives of documents. Office documents and books are packages of the same kind; they
// are distinguished when the type is detected.
#include <string.h>
#include <sys/stat.h>

#include "archive.h"
#include "encoding.h"
#include "failure.h"
#include "files.h"
#include "formats.h"
#include "run_limits.h"

/// The names of all entries, a line each. They are decoded together, because one name may be too
/// short to show its encoding. Fails if the entries are too large.
static void read_names(struct buffer *names) {
    struct archive_entry entry;
    size_t size = 0;
    for (long i = 0; archive_entry(i, &entry); i++) {
        size += entry.size;
        if (size > limits.unpacked_bytes) {
            fail(FAILURE_TOO_LARGE, "the unpacked archive exceeds the limit");
        }
        for (const char *at = entry.name; *at; at++) buffer_byte(names, *at == '\n' ? ' ' : *at);
        buffer_byte(names, '\n');
    }
    decode_text(names, NULL);
}

/// Hands over the entry at an index, if it is a file.
static void read_entry(long index, const struct archive_entry *entry, const char *name) {
    bool is_folder = entry->mode && S_ISDIR(entry->mode);
    if (!file_is_wanted(name) || is_folder) return;
    struct buffer bytes = {0};
    bool is_file = !entry->mode || S_ISREG(entry->mode);
    if (is_file && archive_read_entry(index, &bytes)) file_add(name, bytes.bytes, bytes.length);
    else file_skip();
    buffer_free(&bytes);
}

void parse_zip(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    archive_open(document);
    struct buffer names = {0};
    struct archive_entry entry;
    read_names(&names);
    char *at = names.bytes, *end = at + names.length;
    for (long i = 0; at < end && archive_entry(i, &entry); i++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) return;
        *stop = 0;
        read_entry(i, &entry, at);
        at = stop + 1;
    }
}
