// MSG, a message of Outlook ([MS-OXMSG]), in the form of all mails: the subject as the heading, the
// headers that people search for, the body once, the names of files; embedded messages as sections.
#include <stdio.h>
#include <string.h>

#include "code_page.h"
#include "compound.h"
#include "failure.h"
#include "formats.h"
#include "mail.h"
#include "msg_properties.h"
#include "report.h"
#include "rtf_compressed.h"
#include "writer.h"

enum {
    header_of_message = 32, header_of_embedded = 24, header_of_part = 8,
    recipient_to = 1, recipient_copy = 2,
    method_message = 5,
    /// The file is shown in the body, such as a picture.
    FILE_IS_IN_BODY = 4,
};

static void write_mail_item(uint32_t storage, size_t header, int level, int depth);

/// Appends `Name <address>`, or what there is of it.
static void append_person(struct buffer *line, struct buffer *name, struct buffer *address) {
    buffer_collapse(name, false);
    buffer_collapse(address, false);
    bool is_address = memchr(buffer_cstring(address), '@', address->length);
    bool is_same = strcasestr(buffer_cstring(name), buffer_cstring(address));
    buffer_append(line, name->bytes, name->length);
    if (is_address && !is_same) {
        buffer_text(line, name->length ? " <" : "");
        buffer_append(line, address->bytes, address->length);
        buffer_text(line, name->length ? ">" : "");
    }
    buffer_free(name);
    buffer_free(address);
}

static void append_sender(const struct msg_item *message, struct buffer *lines) {
    struct buffer name = {0}, address = {0}, person = {0};
    if (!msg_text(message, MSG_SENDER_NAME, &name)) msg_text(message, MSG_AGENT_NAME, &name);
    static const enum msg_property addresses[] = {
        MSG_SENDER_SMTP_ADDRESS, MSG_AGENT_SMTP_ADDRESS, MSG_SENDER_ADDRESS, MSG_AGENT_ADDRESS};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses && !address.length; i++) {
        msg_text(message, addresses[i], &address);
        // An address of Exchange has no @ and is of no use.
        if (!memchr(buffer_cstring(&address), '@', address.length)) buffer_clear(&address);
    }
    append_person(&person, &name, &address);
    if (person.length) {
        buffer_text(lines, "From: ");
        buffer_append(lines, person.bytes, person.length);
        buffer_byte(lines, '\n');
    }
    buffer_free(&person);
}

/// Appends the recipients of a kind, or else the line that Outlook shows.
static void append_recipients(const struct msg_item *message, struct buffer *lines,
                              const char *title, unsigned kind, enum msg_property shown) {
    struct buffer people = {0};
    uint32_t entry = compound_first(message->storage);
    for (; entry != COMPOUND_NONE; entry = compound_next(entry)) {
        if (!compound_has_prefix(entry, "__recip_version1.0_#")) continue;
        struct msg_item item = msg_item_open(entry, header_of_part, message->code_page);
        if (msg_number(&item, MSG_RECIPIENT_KIND, MSG_INTEGER) == kind) {
            struct buffer name = {0}, address = {0};
            msg_text(&item, MSG_NAME, &name);
            msg_text(&item, MSG_SMTP_ADDRESS, &address);
            if (!address.length) msg_text(&item, MSG_ADDRESS, &address);
            if (people.length) buffer_text(&people, ", ");
            append_person(&people, &name, &address);
        }
        msg_item_close(&item);
    }
    if (!people.length) msg_text(message, shown, &people);
    buffer_collapse(&people, false);
    if (people.length) {
        buffer_text(lines, title);
        buffer_append(lines, people.bytes, people.length);
        buffer_byte(lines, '\n');
    }
    buffer_free(&people);
}

/// Appends the time of sending in UTC, as all mails write it.
static void append_date(const struct msg_item *message, struct buffer *lines) {
    uint64_t time = msg_number(message, MSG_SENT, MSG_TIME);
    if (!time) time = msg_number(message, MSG_DELIVERED, MSG_TIME);
    // Tenths of a microsecond since 1601.
    int64_t seconds = (int64_t)(time / 10000000) - 11644473600;
    if (!time || seconds < 0 || seconds > 253402300799) return;
    long days = (long)(seconds / 86400), of_day = (long)(seconds % 86400);
    long era = (days + 719468) / 146097, of_era = (days + 719468) % 146097;
    long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long shifted = (5 * of_year + 2) / 153, day = of_year - (153 * shifted + 2) / 5 + 1;
    long month = shifted < 10 ? shifted + 3 : shifted - 9;
    long year = year_of_era + era * 400 + (month <= 2);
    char text[64];
    snprintf(text, sizeof text, "Date: %04ld-%02ld-%02ld %02ld:%02ld:%02ld +00:00\n", year, month,
             day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    buffer_text(lines, text);
}

static void write_headers(const struct msg_item *message, int level) {
    struct buffer subject = {0}, lines = {0};
    msg_text(message, MSG_SUBJECT, &subject);
    write_heading(level, &subject);
    append_sender(message, &lines);
    append_recipients(message, &lines, "To: ", recipient_to, MSG_SHOWN_RECIPIENTS);
    append_recipients(message, &lines, "Cc: ", recipient_copy, MSG_SHOWN_COPIES);
    append_date(message, &lines);
    write_paragraph(&lines);
    buffer_free(&subject);
    buffer_free(&lines);
}

static bool write_page(const struct msg_item *message) {
    struct buffer page = {0}, bytes = {0};
    unsigned code_page = (unsigned)msg_number(message, MSG_BODY_CODE_PAGE, MSG_INTEGER);
    if (msg_bytes(message, MSG_BODY_HTML, &bytes)) {
        append_code_page(&page, view_of(&bytes), code_page ? code_page : message->code_page);
    } else {
        msg_text(message, MSG_BODY_HTML, &page);
    }
    bool has_page = page.length;
    if (has_page) html_read(&page, "utf-8");
    buffer_free(&bytes);
    buffer_free(&page);
    return has_page;
}

static bool write_rtf(const struct msg_item *message) {
    struct buffer data = {0}, rtf = {0};
    bool has_rtf = msg_bytes(message, MSG_BODY_RTF, &data) &&
        rtf_decompress(view_of(&data), &rtf) && rtf.length > 5 && !memcmp(rtf.bytes, "{\\rtf", 5);
    if (has_rtf) rtf_read(&rtf);
    buffer_free(&data);
    buffer_free(&rtf);
    return has_rtf;
}

/// Writes one of the forms of the body. Plain text is preferred, as in all mails.
static void write_body(const struct msg_item *message) {
    struct buffer text = {0};
    msg_text(message, MSG_BODY, &text);
    bool has_text = strspn(buffer_cstring(&text), " \t\r\n") < text.length;
    if (has_text) write_plain_body(&text, false);
    else if (!write_page(message)) write_rtf(message);
    buffer_free(&text);
}

/// Reads an attached file or message. Appends the name of a file.
static void read_attachment(const struct msg_item *message, uint32_t storage, struct buffer *names,
                            int level, int depth) {
    struct msg_item item = msg_item_open(storage, header_of_part, message->code_page);
    struct buffer name = {0}, type = {0}, bytes = {0};
    msg_text(&item, MSG_FILE_TYPE, &type);
    bool is_picture = begins(buffer_cstring(&type), "image/") &&
        msg_number(&item, MSG_FILE_FLAGS, MSG_INTEGER) & FILE_IS_IN_BODY;
    uint32_t inner = msg_object(&item, MSG_FILE);
    bool is_message = msg_number(&item, MSG_FILE_METHOD, MSG_INTEGER) == method_message &&
        inner != COMPOUND_NONE;
    if (is_message && depth < mail_depth_max) {
        write_mail_item(inner, header_of_embedded, level + 1, depth + 1);
    } else if (is_picture || is_message || !msg_bytes(&item, MSG_FILE, &bytes)) {
        report_warning(is_message ? WARNING_PART_UNSUPPORTED : WARNING_ATTACHMENT_SKIPPED, 0);
    } else {
        if (!msg_text(&item, MSG_FILE_NAME, &name)) msg_text(&item, MSG_SHORT_FILE_NAME, &name);
        if (!name.length) msg_text(&item, MSG_NAME, &name);
        buffer_collapse(&name, false);
        if (!name.length) buffer_text(&name, type.length ? buffer_cstring(&type) : "file");
        write_file(buffer_cstring(&name), bytes.bytes, bytes.length);
        if (names->length) buffer_text(names, ", ");
        buffer_append(names, name.bytes, name.length);
    }
    buffer_free(&name);
    buffer_free(&type);
    buffer_free(&bytes);
    msg_item_close(&item);
}

static void write_mail_item(uint32_t storage, size_t header, int level, int depth) {
    struct msg_item message = msg_item_open(storage, header, 0);
    write_headers(&message, level);
    write_body(&message);
    struct buffer names = {0}, line = {0};
    uint32_t entry = compound_first(storage);
    for (; entry != COMPOUND_NONE; entry = compound_next(entry)) {
        if (!compound_has_prefix(entry, "__attach_version1.0_#")) continue;
        read_attachment(&message, entry, &names, level, depth);
    }
    if (names.length) buffer_text(&line, "Attachments: ");
    buffer_append(&line, names.bytes, names.length);
    write_paragraph(&line);
    buffer_free(&names);
    buffer_free(&line);
    msg_item_close(&message);
}

void parse_msg(struct buffer *document, struct pages *pages) {
    pages->in_source = -1;
    compound_open(document);
    if (compound_find(COMPOUND_ROOT, "__properties_version1.0") == COMPOUND_NONE) {
        fail(FAILURE_MALFORMED, "the document has no message");
    }
    write_mail_item(COMPOUND_ROOT, header_of_message, 1, 0);
}
