/// Failures that the document causes, in any parser.
package enum DocumentFailure: String, CaseIterable, Sendable {
    case emptyDocument = "empty_document"
    case encrypted
    case malformed
    case noChunks = "no_chunks"
    case noText = "no_text"
    case notUTF8 = "not_utf8"
    case pageTruncated = "page_truncated"
    case pagesMissing = "pages_missing"
    case parseTicketUnknown = "parse_ticket_unknown"
    case parserCancelled = "parser_cancelled"
    case parserFailed = "parser_failed"
    case tooLarge = "too_large"
    case unsupportedType = "unsupported_type"

    var entry: FailureEntry {
        switch self {
        case .emptyDocument:
            .init(.never, status: 422, "The document has no bytes. Upload it again.")
        case .encrypted:
            .init(.never, status: 422, "A password protects the document. Upload it without one.")
        case .malformed: .init(.never, "The document is damaged. Upload an intact copy.")
        case .noChunks: .init(.never, "The parsed text contains nothing to embed.")
        case .noText:
            .init(.never, "The document contains no text. A scan needs a parser that reads images.")
        case .notUTF8: .init(.never, "The parsed text is not valid UTF-8: a fault of the parser.")
        case .pageTruncated:
            .init(.never, "The service cut off a page's text. Parse the document locally.")
        case .pagesMissing:
            .init(.never, "The parser could read only some pages. Redrive, or repair the document.")
        case .parseTicketUnknown:
            .init(
                .counted, "The service no longer has the parse job. The next attempt uploads again."
            )
        case .parserCancelled:
            .init(
                .counted, "The parse job was cancelled at the service. The next attempt repeats it."
            )
        case .parserFailed:
            .init(.counted, "The service cannot parse the document. Try it with the local parser.")
        case .tooLarge:
            .init(
                .never, "The document exceeds a limit of its parser. Raise the limit or split it.")
        case .unsupportedType:
            .init(.never, status: 415, "No parser supports this type. Convert the document.")
        }
    }
}
