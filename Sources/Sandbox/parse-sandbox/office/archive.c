#include "archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "failure.h"
#include "run_limits.h"
#include "xml_entities.h"
#include "xml_filter.h"
#include "xml_guard.h"

static zip_t *archive;
static size_t unpacked;
/// Some programs write backslashes in the names of entries.
static bool has_backslashes;

/// The present walk; walks nest.
static struct walk {
    xmlTextReaderPtr reader;
    /// The visitor has taken the current element as a tree.
    bool is_taken;
} *walk;

/// Above what any office document declares, including media.
static const zip_uint64_t declared_bytes_max = 4ull << 30;

/// Checks encryption and declared sizes, so that most bombs are refused before unpacking.
static void check_directory(void) {
    zip_uint64_t declared = 0;
    zip_int64_t entries = zip_get_num_entries(archive, 0);
    if (entries > limits.entries) fail(FAILURE_TOO_LARGE, "the archive has too many entries");
    for (zip_int64_t i = 0; i < entries; i++) {
        zip_stat_t entry;
        if (zip_stat_index(archive, (zip_uint64_t)i, 0, &entry)) continue;
        has_backslashes |= entry.valid & ZIP_STAT_NAME && strchr(entry.name, '\\');
        bool encrypted = entry.valid & ZIP_STAT_ENCRYPTION_METHOD &&
            entry.encryption_method != ZIP_EM_NONE;
        if (encrypted) fail(FAILURE_ENCRYPTED, "the document is encrypted");
        if (entry.valid & ZIP_STAT_SIZE) declared += entry.size;
        if (declared > declared_bytes_max || entry.size > declared_bytes_max) {
            fail(FAILURE_TOO_LARGE, "the unpacked archive exceeds the limit");
        }
    }
}

void archive_open(const struct buffer *document) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source =
        zip_source_buffer_create(document->bytes, document->length, 0, &error);
    archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!archive) {
        bool memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
        fail(memory ? FAILURE_TOO_LARGE : FAILURE_MALFORMED, "the archive cannot be opened");
    }
    check_directory();
}

/// The index of an entry; negative if there is none.
static zip_int64_t locate(const char *name) {
    zip_int64_t index = zip_name_locate(archive, name, ZIP_FL_NOCASE);
    if (index >= 0 || !has_backslashes) return index;
    char *other = checked_copy(name);
    for (char *slash = other; (slash = strchr(slash, '/'));) *slash = '\\';
    index = zip_name_locate(archive, other, ZIP_FL_NOCASE);
    free(other);
    return index;
}

bool archive_has(const char *name) { return locate(name) >= 0; }

static int read_part(void *context, char *bytes, int size) {
    zip_int64_t count = zip_fread(context, bytes, (zip_uint64_t)size);
    if (count < 0) fail(FAILURE_MALFORMED, "a part of the archive is damaged");
    unpacked += (size_t)count;
    if (unpacked > limits.unpacked_bytes) {
        fail(FAILURE_TOO_LARGE, "the unpacked archive exceeds the limit");
    }
    return (int)count;
}

/// An XML part that is checked before the parser reads it.
struct xml_part {
    zip_file_t *file;
    struct xml_guard guard;
    struct xml_filter filter;
    /// What the filter left and the parser has not read yet.
    struct buffer kept;
    size_t kept_read;
};

/// Reads through the filter. What it removes does not count as unpacked.
static int read_filtered(struct xml_part *part, char *bytes, int size) {
    static char block[1 << 16];
    while (part->kept_read == part->kept.length) {
        size_t before = unpacked;
        int count = read_part(part->file, block, sizeof block);
        if (!count) return 0;
        part->kept_read = 0;
        buffer_clear(&part->kept);
        xml_filter(&part->filter, block, count, &part->kept);
        if (unpacked > before) unpacked = before + part->kept.length;
    }
    size_t left = part->kept.length - part->kept_read;
    size_t count = left < (size_t)size ? left : (size_t)size;
    memcpy(bytes, part->kept.bytes + part->kept_read, count);
    part->kept_read += count;
    return (int)count;
}

static int read_xml(void *context, char *bytes, int size) {
    struct xml_part *part = context;
    int count = part->filter.element ? read_filtered(part, bytes, size)
                                     : read_part(part->file, bytes, size);
    xml_guard_check(&part->guard, bytes, count);
    return count;
}

static int close_xml(void *context) {
    return zip_fclose(((struct xml_part *)context)->file);
}

/// Passes the current node to the visitor.
static void visit_node(xmlTextReaderPtr reader, xml_visitor *visit) {
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    switch (xmlTextReaderNodeType(reader)) {
    case XML_READER_TYPE_ELEMENT: {
        bool is_empty = xmlTextReaderIsEmptyElement(reader);
        visit(reader, XML_START, name);
        if (is_empty && !walk->is_taken) visit(reader, XML_END, name);
        break;
    }
    case XML_READER_TYPE_END_ELEMENT:
        visit(reader, XML_END, name);
        break;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
    case XML_READER_TYPE_WHITESPACE:
        visit(reader, XML_TEXT, (const char *)xmlTextReaderConstValue(reader));
        break;
    case XML_READER_TYPE_ENTITY_REFERENCE:
        visit(reader, XML_TEXT, xml_entity_text(name));
        break;
    default:
        break;
    }
}

static _Noreturn void fail_xml(void) {
    const xmlError *error = xmlGetLastError();
    bool memory = error && error->code == XML_ERR_NO_MEMORY;
    if (memory) fail(FAILURE_TOO_LARGE, "a part's XML needs more memory than the limit");
    fail(FAILURE_MALFORMED, "a part's XML is malformed");
}

/// Moves past the current element if it was taken, or else to the next node.
static bool advance(struct walk *at) {
    bool was_taken = at->is_taken;
    at->is_taken = false;
    int more = was_taken ? xmlTextReaderNext(at->reader) : xmlTextReaderRead(at->reader);
    if (more < 0) fail_xml();
    return more == 1;
}

bool archive_walk(const char *part, xml_visitor *visit) {
    return archive_walk_around(part, NULL, visit);
}

bool archive_walk_around(const char *part, const char *element, xml_visitor *visit) {
    zip_int64_t index = locate(part);
    zip_file_t *file = index < 0 ? NULL : zip_fopen_index(archive, (zip_uint64_t)index, 0);
    if (!file) return false;
    struct xml_part xml = {.file = file, .filter = {.element = element}};
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
    struct walk here = {xmlReaderForIO(read_xml, close_xml, &xml, NULL, NULL, options), false};
    if (!here.reader) fail(FAILURE_TOO_LARGE, "out of memory");
    struct walk *outer = walk;
    walk = &here;
    while (advance(&here)) visit_node(here.reader, visit);
    walk = outer;
    xmlFreeTextReader(here.reader);
    buffer_free(&xml.kept);
    return true;
}

xmlNodePtr archive_take(xmlTextReaderPtr reader) {
    xmlNodePtr tree = xmlTextReaderExpand(reader);
    if (!tree) fail_xml();
    walk->is_taken = true;
    return tree;
}

bool archive_entry(long index, struct archive_entry *entry) {
    if (index >= zip_get_num_entries(archive, 0)) return false;
    const char *name = zip_get_name(archive, (zip_uint64_t)index, ZIP_FL_ENC_RAW);
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(archive, (zip_uint64_t)index, 0, &system, &attributes);
    bool is_unix = system == ZIP_OPSYS_UNIX || system == ZIP_OPSYS_OS_X;
    zip_stat_t known;
    bool has_size = !zip_stat_index(archive, (zip_uint64_t)index, 0, &known) &&
        known.valid & ZIP_STAT_SIZE;
    *entry = (struct archive_entry){
        .name = name ? name : "", .mode = is_unix ? attributes >> 16 & S_IFMT : 0,
        .size = has_size ? known.size : 0,
    };
    return true;
}

bool archive_read(const char *part, struct buffer *bytes) {
    return archive_read_entry(locate(part), bytes);
}

bool archive_read_entry(long index, struct buffer *bytes) {
    zip_stat_t entry;
    bool is_known = index >= 0 && !zip_stat_index(archive, (zip_uint64_t)index, 0, &entry);
    if (!is_known || entry.size > limits.unpacked_bytes - unpacked) return false;
    zip_file_t *file = zip_fopen_index(archive, (zip_uint64_t)index, 0);
    if (!file) return false;
    for (int count = 1; count > 0; bytes->length += (size_t)count) {
        buffer_reserve(bytes, 1 << 16);
        count = read_part(file, bytes->bytes + bytes->length, 1 << 16);
    }
    zip_fclose(file);
    return true;
}
