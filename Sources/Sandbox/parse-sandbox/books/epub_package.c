#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "encoding.h"
#include "epub.h"
#include "failure.h"
#include "run_limits.h"

static struct epub_package *package;
/// The path of the package document, against which its links are resolved.
static char *base;
static struct buffer *collected;
static bool is_encrypted;
static char *contents_path;

/// The path in the archive to which a link in the file `from` leads, without its fragment.
static char *resolve(const char *from, const char *link) {
    struct buffer path = {0};
    const char *slash = strrchr(from, '/');
    if (slash && *link != '/') buffer_append(&path, from, (size_t)(slash + 1 - from));
    if (*link == '/') link++;
    size_t length = strcspn(link, "#?");
    for (size_t i = 0; i < length; i++) {
        bool is_step = (!path.length || path.bytes[path.length - 1] == '/') &&
            (!strncmp(link + i, "../", 3) || !strncmp(link + i, "./", 2));
        if (is_step && link[i + 1] == '.') {
            if (path.length) path.length--;
            while (path.length && path.bytes[path.length - 1] != '/') path.length--;
            i += 2;
        } else if (is_step) {
            i++;
        } else if (link[i] == '%' && i + 2 < length && hex_digit(link[i + 1]) >= 0 &&
                   hex_digit(link[i + 2]) >= 0) {
            buffer_byte(&path, (char)(hex_digit(link[i + 1]) << 4 | hex_digit(link[i + 2])));
            i += 2;
        } else {
            buffer_byte(&path, link[i]);
        }
    }
    char *resolved = checked_copy(buffer_cstring(&path));
    buffer_free(&path);
    return resolved;
}

static void visit_container(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "rootfile") || base) return;
    const char *path = xml_attribute(reader, "full-path");
    if (path) base = checked_copy(path);
}

/// Fonts may be obfuscated, which is no encryption: readers know the key.
static void visit_encryption(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event != XML_START || strcmp(name, "EncryptionMethod")) return;
    const char *method = xml_attribute(reader, "Algorithm");
    bool is_font = method && (strstr(method, "idpf.org/2008/embedding") ||
                              strstr(method, "ns.adobe.com/pdf/enc#RC"));
    is_encrypted |= !is_font;
}

static void check_count(size_t count) {
    if (count >= (size_t)limits.entries) {
        fail(FAILURE_TOO_LARGE, "the book has more than 20000 parts");
    }
}

static void add_item(xmlTextReaderPtr reader) {
    const char *id = xml_attribute(reader, "id");
    const char *link = xml_attribute(reader, "href");
    if (!id || !link) return;
    check_count(package->count);
    package->items = checked_realloc(package->items, package->count + 1, sizeof *package->items);
    struct epub_item *item = &package->items[package->count++];
    *item = (struct epub_item){.id = checked_copy(id), .path = resolve(base, link)};
    const char *type = xml_attribute(reader, "media-type");
    item->is_page = type && (strstr(type, "html") || strstr(type, "x-dtbook"));
    const char *properties = xml_attribute(reader, "properties");
    item->is_navigation = properties && strstr(properties, "nav");
    bool is_contents = item->is_navigation || (type && strstr(type, "x-dtbncx"));
    if (is_contents && !contents_path) contents_path = checked_copy(item->path);
}

static void add_to_order(xmlTextReaderPtr reader) {
    const char *id = xml_attribute(reader, "idref");
    for (size_t i = 0; id && i < package->count; i++) {
        if (strcmp(package->items[i].id, id)) continue;
        check_count(package->order_count);
        size_t count = package->order_count + 1;
        package->order = checked_realloc(package->order, count, sizeof *package->order);
        package->order[package->order_count++] = i;
        return;
    }
}

static struct buffer *metadata_of(const char *name) {
    if (!strcmp(name, "title")) return package->title.length ? NULL : &package->title;
    if (!strcmp(name, "language")) return package->language.length ? NULL : &package->language;
    return strcmp(name, "creator") ? NULL : &package->authors;
}

static void visit_package(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    if (event == XML_TEXT) {
        if (collected) buffer_text(collected, name);
    } else if (event == XML_END) {
        collected = NULL;
    } else if (!strcmp(name, "item")) {
        add_item(reader);
    } else if (!strcmp(name, "itemref")) {
        add_to_order(reader);
    } else {
        collected = metadata_of(name);
        if (collected == &package->authors && collected->length) buffer_text(collected, ", ");
    }
}

/// Gives an item the title of its first entry in the table of contents.
static void set_title(const char *path, const struct buffer *title) {
    for (size_t i = 0; i < package->count; i++) {
        if (package->items[i].title || strcmp(package->items[i].path, path)) continue;
        struct buffer copy = {0};
        buffer_append(&copy, title->bytes, title->length);
        buffer_collapse(&copy, false);
        if (copy.length) package->items[i].title = checked_copy(buffer_cstring(&copy));
        buffer_free(&copy);
        return;
    }
}

/// The entry that is being read: `<a href="link">title</a>`, or `<text>title</text>` and then
/// `<content src="link"/>`.
static struct { struct buffer title; char *path; bool is_open; } entry;

static void end_entry(void) {
    if (entry.path && entry.title.length) set_title(entry.path, &entry.title);
    free(entry.path);
    entry.path = NULL;
    buffer_clear(&entry.title);
}

static void visit_contents(xmlTextReaderPtr reader, enum xml_event event, const char *name) {
    bool is_link = event != XML_TEXT && !strcmp(name, "a");
    if (event == XML_TEXT) {
        if (entry.is_open) buffer_text(&entry.title, name);
    } else if (is_link || !strcmp(name, "text")) {
        entry.is_open = event == XML_START;
        if (entry.is_open) end_entry();
        const char *link = is_link && entry.is_open ? xml_attribute(reader, "href") : NULL;
        if (link) entry.path = resolve(contents_path, link);
        if (is_link && !entry.is_open) end_entry();
    } else if (event == XML_START && !strcmp(name, "content")) {
        const char *link = xml_attribute(reader, "src");
        if (link && !entry.path) entry.path = resolve(contents_path, link);
        end_entry();
    }
}

void epub_open(struct epub_package *opened) {
    package = opened;
    archive_walk("META-INF/encryption.xml", visit_encryption);
    if (is_encrypted) fail(FAILURE_ENCRYPTED, "the book is encrypted");
    archive_walk("META-INF/container.xml", visit_container);
    if (!base || !archive_walk(base, visit_package)) {
        fail(FAILURE_MALFORMED, "the book has no package document");
    }
    if (contents_path) archive_walk(contents_path, visit_contents);
}
