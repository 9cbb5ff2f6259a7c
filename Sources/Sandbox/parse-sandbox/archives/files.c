#include "files.h"

#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "report.h"
#include "run_limits.h"
#include "writer.h"

void file_skip(void) { report_warning(WARNING_ATTACHMENT_SKIPPED, 0); }

void file_check_count(long count) {
    if (count > limits.entries) fail(FAILURE_TOO_LARGE, "the archive has more than 20000 entries");
}

static bool is_archive(const char *name) {
    static const char *const endings[] = {".zip", ".tar", ".tgz", ".gz",  ".bz2", ".xz",  ".7z",
                                          ".rar", ".jar", ".zst", ".iso", ".cab", ".lzh", NULL};
    size_t length = strlen(name);
    for (const char *const *ending = endings; *ending; ending++) {
        size_t size = strlen(*ending);
        if (length > size && !strcasecmp(name + length - size, *ending)) return true;
    }
    return false;
}

bool file_is_wanted(const char *path) {
    for (const char *at = path; at; at = strchr(at, '/')) {
        at += *at == '/';
        // Hidden files, and those of the Mac that begin with "._".
        bool is_hidden = *at == '.' && at[1] && at[1] != '/' && strncmp(at, "../", 3);
        if (is_hidden || !strncmp(at, "__MACOSX/", 9)) return false;
    }
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return *name && strcasecmp(name, "Thumbs.db") && strcasecmp(name, "desktop.ini");
}

/// Appends the path without steps that leave the archive.
static void append_path(const char *path, struct buffer *safe) {
    while (*path) {
        size_t length = strcspn(path, "/\\");
        bool is_drive = length == 2 && path[1] == ':';
        bool is_step = length == 0 || is_drive || (length == 1 && *path == '.') ||
            (length == 2 && !memcmp(path, "..", 2));
        if (!is_step) {
            if (safe->length) buffer_byte(safe, '/');
            buffer_append(safe, path, length);
        }
        path += length + (path[length] != 0);
    }
}

void file_add(const char *path, const void *bytes, size_t length) {
    struct buffer safe = {0};
    char size[40];
    append_path(path, &safe);
    buffer_collapse(&safe, false);
    if (safe.length) {
        const char *name = buffer_cstring(&safe);
        if (is_archive(name)) file_skip();
        else write_file(name, bytes, length);
        snprintf(size, sizeof size, " (%zu bytes)", length);
        buffer_text(&safe, size);
        write_item(1, 0, &safe);
    }
    buffer_free(&safe);
}
