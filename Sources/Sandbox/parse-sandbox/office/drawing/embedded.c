// Files that are embedded in an office document.
#include <string.h>

#include "archive.h"
#include "drawing.h"
#include "report.h"
#include "writer.h"

void write_embedded(const char *part) {
    struct buffer bytes = {0};
    const char *slash = strrchr(part, '/'), *ending = strrchr(part, '.');
    // A file of another program is wrapped in a compound file, which is not read.
    bool is_wrapped = ending && !strcasecmp(ending, ".bin");
    if (is_wrapped || !archive_read(part, &bytes)) {
        report_warning(WARNING_ATTACHMENT_SKIPPED, 0);
    } else {
        write_file(slash ? slash + 1 : part, bytes.bytes, bytes.length);
    }
    buffer_free(&bytes);
}
