// One message as a section: its subject as the heading, the headers that people search for, its
// body once, and the names of the files that it carries.
#include <string.h>

#include "formats.h"
#include "mail.h"
#include "report.h"
#include "writer.h"

struct message {
    int level;
    bool has_body, has_encrypted_part;
    /// Text is left out, because another form of it is written.
    bool only_files;
    struct buffer files;
};

static void read_part(struct message *message, const struct entity *part, const char *type,
                      int depth);

bool begins(const char *text, const char *prefix) {
    return !strncmp(text, prefix, strlen(prefix));
}

static bool is_body_type(const char *type) {
    static const char *const files[] = {"text/calendar", "text/vcard", "text/x-vcard", "text/rtf",
                                        "text/directory", "text/css", NULL};
    for (const char *const *file = files; *file; file++) {
        if (!strcmp(type, *file)) return false;
    }
    return begins(type, "text/") || !strcmp(type, "message/delivery-status") ||
        !strcmp(type, "message/disposition-notification");
}

/// The name under which the message carries a part; empty if it has none.
static void file_name(const struct entity *part, struct buffer *name) {
    struct buffer header = {0};
    if (header_value(part, "Content-Disposition", &header)) {
        header_parameter(&header, "filename", name);
    }
    if (!name->length && header_value(part, "Content-Type", &header)) {
        header_parameter(&header, "name", name);
    }
    buffer_free(&header);
}

bool is_file(const struct entity *part, const char *type) {
    struct buffer header = {0}, name = {0};
    header_value(part, "Content-Disposition", &header);
    file_name(part, &name);
    bool is_attached = !strncasecmp(buffer_cstring(&header), "attachment", 10);
    bool is_usual_body = !strcmp(type, "text/plain") || !strcmp(type, "text/html");
    bool is_named = name.length && !is_usual_body;
    buffer_free(&header);
    buffer_free(&name);
    return !is_body_type(type) || is_attached || is_named;
}

static void read_file(struct message *message, const struct entity *part, const char *type) {
    struct buffer name = {0}, bytes = {0};
    file_name(part, &name);
    if (!name.length) buffer_text(&name, type);
    buffer_collapse(&name, false);
    decode_body(part, &bytes);
    write_file(buffer_cstring(&name), bytes.bytes, bytes.length);
    if (message->files.length) buffer_text(&message->files, ", ");
    buffer_append(&message->files, name.bytes, name.length);
    buffer_free(&name);
    buffer_free(&bytes);
}

static void read_plain(const struct entity *part) {
    struct buffer text = {0}, header = {0}, format = {0};
    header_value(part, "Content-Type", &header);
    header_parameter(&header, "format", &format);
    decode_text_body(part, &text);
    write_plain_body(&text, !strcasecmp(buffer_cstring(&format), "flowed"));
    buffer_free(&text);
    buffer_free(&header);
    buffer_free(&format);
}

static void read_page(const struct entity *part) {
    struct buffer page = {0}, header = {0}, charset = {0};
    header_value(part, "Content-Type", &header);
    header_parameter(&header, "charset", &charset);
    decode_body(part, &page);
    html_read(&page, buffer_cstring(&charset));
    buffer_free(&page);
    buffer_free(&header);
    buffer_free(&charset);
}

static void read_body(struct message *message, const struct entity *part, const char *type) {
    if (message->only_files) return;
    if (!strcmp(type, "text/html")) read_page(part);
    else read_plain(part);
    message->has_body = true;
}

/// Reads one form of a text that is there in several. Files in the other forms are kept.
static void read_alternatives(struct message *message, const struct entity *part, int depth) {
    struct multipart parts;
    struct entity child;
    char type[80];
    const char *left_out = worse_alternative(part);
    bool had_only_files = message->only_files;
    multipart_open(part, &parts);
    while (multipart_next(&parts, &child)) {
        content_type(&child, "text/plain", type);
        message->only_files = had_only_files || (*left_out && has_text(&child, left_out));
        read_part(message, &child, type, depth);
    }
    message->only_files = had_only_files;
    multipart_close(&parts);
}

/// Reads a page and skips the pictures that it shows.
static void read_related(struct message *message, const struct entity *part, int depth) {
    struct multipart parts;
    struct entity child;
    char type[80];
    struct buffer disposition = {0};
    multipart_open(part, &parts);
    while (multipart_next(&parts, &child)) {
        content_type(&child, "text/plain", type);
        header_value(&child, "Content-Disposition", &disposition);
        bool is_attached = !strncasecmp(buffer_cstring(&disposition), "attachment", 10);
        if (begins(type, "image/") && !is_attached) report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
        else read_part(message, &child, type, depth);
    }
    multipart_close(&parts);
    buffer_free(&disposition);
}

static void read_parts(struct message *message, const struct entity *part, bool is_digest,
                       int depth) {
    struct multipart parts;
    struct entity child;
    char type[80];
    if (!multipart_open(part, &parts)) {
        read_body(message, part, "text/plain");
        return;
    }
    while (multipart_next(&parts, &child)) {
        content_type(&child, is_digest ? "message/rfc822" : "text/plain", type);
        read_part(message, &child, type, depth);
    }
    multipart_close(&parts);
}

static bool is_signature(const char *type) {
    return !strcmp(type, "application/pgp-signature") ||
        !strcmp(type, "application/pkcs7-signature") ||
        !strcmp(type, "application/x-pkcs7-signature") ||
        // The resource fork of a file from a Mac.
        !strcmp(type, "application/applefile");
}

static bool is_encrypted(const struct entity *part, const char *type) {
    if (!strcmp(type, "multipart/encrypted")) return true;
    if (strcmp(type, "application/pkcs7-mime") && strcmp(type, "application/x-pkcs7-mime")) {
        return false;
    }
    struct buffer header = {0}, kind = {0};
    header_value(part, "Content-Type", &header);
    header_parameter(&header, "smime-type", &kind);
    bool is_signed = strcasestr(buffer_cstring(&kind), "signed");
    buffer_free(&header);
    buffer_free(&kind);
    return !is_signed;
}

static void read_part(struct message *message, const struct entity *part, const char *type,
                      int depth) {
    if (depth > mail_depth_max) {
        report_warning(WARNING_PART_UNSUPPORTED, 0);
    } else if (is_encrypted(part, type)) {
        message->has_encrypted_part = true;
        report_warning(WARNING_PART_UNSUPPORTED, 0);
    } else if (!strcmp(type, "multipart/alternative")) {
        read_alternatives(message, part, depth + 1);
    } else if (!strcmp(type, "multipart/related")) {
        read_related(message, part, depth + 1);
    } else if (begins(type, "multipart/")) {
        read_parts(message, part, !strcmp(type, "multipart/digest"), depth + 1);
    } else if (!strcmp(type, "message/rfc822") || !strcmp(type, "message/global")) {
        struct buffer inner = {0};
        decode_body(part, &inner);
        struct span text = {inner.bytes, inner.bytes + inner.length};
        write_message(text, message->level + 1, depth + 1);
        message->has_body = true;
        buffer_free(&inner);
    } else if (is_file(part, type)) {
        if (!is_signature(type)) read_file(message, part, type);
    } else {
        read_body(message, part, type);
    }
}

/// Appends a header as one line.
static void append_header(const struct entity *entity, const char *name, struct buffer *lines) {
    struct buffer value = {0};
    bool is_date = !strcmp(name, "Date");
    if (header_text(entity, name, &value) && value.length) {
        if (is_date) format_date(&value);
        buffer_text(lines, name);
        buffer_text(lines, ": ");
        // Names are in quotation marks if they contain commas.
        for (size_t i = 0; i < value.length; i++) {
            char c = value.bytes[i];
            if (c == '\n') c = ' ';
            if (is_date || (c != '"' && c != '\\')) buffer_byte(lines, c);
        }
        buffer_byte(lines, '\n');
    }
    buffer_free(&value);
}

bool write_message(struct span text, int level, int depth) {
    static const char *const headers[] = {"From", "To", "Cc", "Date", NULL};
    while (text.at < text.end && strchr("\r\n", *text.at) && *text.at) text.at++;
    struct message message = {.level = level};
    struct entity entity = entity_of(text);
    struct buffer line = {0};
    char type[80];
    if (header_text(&entity, "Subject", &line)) write_heading(level, &line);
    buffer_clear(&line);
    for (const char *const *name = headers; *name; name++) append_header(&entity, *name, &line);
    write_paragraph(&line);
    read_part(&message, &entity, content_type(&entity, "text/plain", type), depth);
    if (message.files.length) {
        buffer_clear(&line);
        buffer_text(&line, "Attachments: ");
        buffer_append(&line, message.files.bytes, message.files.length);
        write_paragraph(&line);
    }
    buffer_free(&line);
    buffer_free(&message.files);
    return message.has_body || !message.has_encrypted_part;
}
