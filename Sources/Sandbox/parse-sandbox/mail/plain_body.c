// Plain text bodies: paragraphs, soft line breaks, and blocks that are not text: signatures of PGP
// and uuencoded files.
#include <string.h>

#include "mail.h"
#include "report.h"
#include "writer.h"

static bool line_begins(struct span line, const char *prefix) {
    size_t length = strlen(prefix);
    return (size_t)(line.end - line.at) >= length && !memcmp(line.at, prefix, length);
}

/// Skips to the line after the one that begins with `last`. Leaves the text unchanged and returns
/// false if there is none.
static bool skip_block(struct span *text, const char *last) {
    struct span rest = *text, line;
    while (next_line(&rest, &line)) {
        if (!line_begins(line, last)) continue;
        *text = rest;
        return true;
    }
    return false;
}

/// Skips the lines of PGP around and after a signed text.
static bool skip_pgp(struct span line, struct span *text) {
    if (line_begins(line, "-----BEGIN PGP SIGNATURE-----")) {
        return skip_block(text, "-----END PGP SIGNATURE-----");
    }
    if (line_begins(line, "-----BEGIN PGP MESSAGE-----")) {
        report_warning(WARNING_PART_UNSUPPORTED, 0);
        return skip_block(text, "-----END PGP MESSAGE-----");
    }
    if (!line_begins(line, "-----BEGIN PGP SIGNED MESSAGE-----")) return false;
    struct span rest = *text, header;
    while (next_line(&rest, &header) && line_begins(header, "Hash:")) *text = rest;
    return true;
}

/// Whether the line is `begin 644 name`.
static bool begins_file(struct span line) {
    if (line.end - line.at < 12 || !line_begins(line, "begin ")) return false;
    return strspn(line.at + 6, "01234567") == 3 && line.at[9] == ' ';
}

/// Reads a uuencoded file, up to `end`. Leaves the text unchanged and returns false if a line is
/// not in that code.
static bool read_uuencoded(struct span first, struct span *text) {
    struct span rest = *text, line;
    struct buffer bytes = {0}, name = {0};
    bool is_complete = false;
    while (!is_complete && next_line(&rest, &line)) {
        struct span data = trimmed(line);
        is_complete = data.end - data.at == 3 && !memcmp(data.at, "end", 3);
        if (is_complete || data.at == data.end) continue;
        if (data.end - data.at > 90 || (*data.at - ' ') % 64 > 45) break;
        decode_uuencoded_line(data, &bytes);
    }
    if (is_complete) {
        struct span named = trimmed((struct span){first.at + 10, first.end});
        buffer_append(&name, named.at, (size_t)(named.end - named.at));
        write_file(buffer_cstring(&name), bytes.bytes, bytes.length);
        *text = rest;
    }
    buffer_free(&bytes);
    buffer_free(&name);
    return is_complete;
}

/// Appends a line without its end. Keeps the end, unless it is soft.
static void append_line(struct buffer *paragraph, struct span line, bool is_flowed) {
    while (line.end > line.at && strchr("\r\n", line.end[-1]) && line.end[-1]) line.end--;
    bool is_signature = line.end - line.at == 3 && !memcmp(line.at, "-- ", 3);
    bool is_soft = is_flowed && line.end > line.at && line.end[-1] == ' ' && !is_signature;
    // A sender stuffs a blank before lines that could be taken for something else.
    if (is_flowed && line.at < line.end && *line.at == ' ') line.at++;
    buffer_append(paragraph, line.at, (size_t)(line.end - line.at));
    if (!is_soft) buffer_byte(paragraph, '\n');
}

void write_plain_body(const struct buffer *text, bool is_flowed) {
    struct span rest = {text->bytes, text->bytes + text->length}, line;
    struct buffer shown = {0};
    // Each search for the end of a block is made once; without one there are no blocks.
    bool has_blocks = true;
    while (next_line(&rest, &line)) {
        bool begins_block = begins_file(line) || line_begins(line, "-----BEGIN PGP ");
        if (has_blocks && begins_block) {
            bool is_skipped = skip_pgp(line, &rest) ||
                (begins_file(line) && read_uuencoded(line, &rest));
            if (is_skipped) continue;
            has_blocks = false;
        }
        append_line(&shown, line, is_flowed);
    }
    write_paragraphs(&shown);
    buffer_free(&shown);
}
