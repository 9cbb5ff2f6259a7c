// The failure of a sandbox run: one exit status and one line of JSON on stderr.
#pragma once

/// Why a document could not be parsed. The values are exit statuses; SandboxReport.swift maps them.
enum failure {
    FAILURE_USAGE = 10,
    FAILURE_ENCRYPTED = 20,
    FAILURE_MALFORMED = 21,
    FAILURE_TOO_LARGE = 22,
    FAILURE_NO_TEXT = 23,
    FAILURE_UNSUPPORTED_TYPE = 24,
    FAILURE_SANDBOX_UNAVAILABLE = 25,
};

/// Ends the process. No part of the document has been written to stdout at this point.
/// The message never contains text of the document.
_Noreturn void fail(enum failure failure, const char *message);
