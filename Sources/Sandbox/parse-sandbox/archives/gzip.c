// gzip: a tar archive, or one compressed file.
#include <string.h>
#include <zlib.h>

#include "failure.h"
#include "files.h"
#include "formats.h"
#include "run_limits.h"

/// The original name of the file, from the header; `content` if it has none.
static void read_name(const struct buffer *document, char name[256]) {
    enum { EXTRA = 4, NAME = 8, HEADER = 10 };
    const char *text = document->bytes;
    strcpy(name, "content");
    bool has_name = document->length > HEADER && text[3] & NAME && !(text[3] & EXTRA);
    if (!has_name) return;
    size_t length = strnlen(text + HEADER, document->length - HEADER);
    if (!length || length > 255) return;
    memcpy(name, text + HEADER, length);
    name[length] = 0;
}

/// Unpacks all members. Fails if they are damaged or exceed the limit.
static void unpack(const struct buffer *document, struct buffer *bytes) {
    enum { GZIP_WINDOW = 15 + 16, STEP = 1 << 18 };
    z_stream stream = {.next_in = (Bytef *)document->bytes,
                       .avail_in = (uInt)document->length};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
        fail(FAILURE_TOO_LARGE, "the archive needs more memory than the limit");
    }
    int status = Z_OK;
    while (stream.avail_in || status == Z_OK) {
        buffer_reserve(bytes, STEP);
        stream.next_out = (Bytef *)bytes->bytes + bytes->length;
        stream.avail_out = STEP;
        status = inflate(&stream, Z_NO_FLUSH);
        bytes->length += STEP - stream.avail_out;
        if (bytes->length > limits.unpacked_bytes) {
            fail(FAILURE_TOO_LARGE, "the unpacked archive exceeds the limit");
        }
        if (status == Z_STREAM_END) {
            // Zeros may follow the last member.
            bool has_more = stream.avail_in > 2 && *stream.next_in == 0x1f;
            if (!has_more || inflateReset(&stream) != Z_OK) break;
            status = Z_OK;
        } else if (status != Z_OK) {
            fail(FAILURE_MALFORMED, "the compressed data is damaged");
        }
    }
    inflateEnd(&stream);
}

void parse_gzip(struct buffer *document, struct pages *pages) {
    struct buffer bytes = {0};
    char name[256];
    pages->in_source = -1;
    unpack(document, &bytes);
    buffer_cstring(&bytes);
    read_name(document, name);
    if (is_tar(&bytes)) tar_read(&bytes);
    else if (bytes.length) file_add(name, bytes.bytes, bytes.length);
    buffer_free(&bytes);
}
