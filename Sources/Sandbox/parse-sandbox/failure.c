#include "failure.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *code_of(enum failure failure) {
    switch (failure) {
    case FAILURE_USAGE: return "usage";
    case FAILURE_ENCRYPTED: return "encrypted";
    case FAILURE_MALFORMED: return "malformed";
    case FAILURE_TOO_LARGE: return "too_large";
    case FAILURE_NO_TEXT: return "no_text";
    case FAILURE_UNSUPPORTED_TYPE: return "unsupported_type";
    case FAILURE_SANDBOX_UNAVAILABLE: return "sandbox_unavailable";
    }
    return "malformed";
}

static void write_line(const char *line, int length) {
    if (length <= 0) return;
    ssize_t written = write(STDERR_FILENO, line, (size_t)length);
    (void)written;  // A failure is ignored, because the exit status has the same code.
}

/// Makes a message safe in a JSON string: quotes, backslashes, controls and non-ASCII become '?'.
static void defuse(char *target, size_t size, const char *message) {
    size_t length = 0;
    for (; message[length] && length + 1 < size; length++) {
        unsigned char c = (unsigned char)message[length];
        target[length] = (c < 0x20 || c > 0x7e || c == '"' || c == '\\') ? '?' : (char)c;
    }
    target[length] = 0;
}

_Noreturn void fail(enum failure failure, const char *message) {
    char safe[200], line[320];
    defuse(safe, sizeof safe, message);
    int length = snprintf(line, sizeof line, "{\"code\":\"%s\",\"message\":\"%s\"}\n",
                          code_of(failure), safe);
    write_line(line, length);
    _exit(failure);
}
