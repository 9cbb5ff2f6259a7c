/// Failures of a parser, local or remote, that the document may or may not have caused.
package enum ParserFailure: String, CaseIterable, Sendable {
    case crashed = "parser_crashed"
    case recognitionBusy = "ocr_busy"
    case timeout = "parser_timeout"

    var entry: FailureEntry {
        switch self {
        case .crashed:
            .init(.counted, "A signal ended the local parser. If it repeats, report the document.")
        case .recognitionBusy:
            .init(
                .uncounted,
                "All processes of optical recognition are in use. The document waits for a minute.")
        case .timeout:
            .init(.counted, "The parser exceeded its time limit. If it repeats, raise the limit.")
        }
    }
}
