/// The document formats that Millrace reads. The raw value is the canonical Content-Type.
package enum MediaType: String, CaseIterable, Sendable, Codable {
    case pdf = "application/pdf"
    case docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    case xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case odt = "application/vnd.oasis.opendocument.text"
    case odp = "application/vnd.oasis.opendocument.presentation"
    case ods = "application/vnd.oasis.opendocument.spreadsheet"
    case html = "text/html"
    case markdown = "text/markdown"
    case plainText = "text/plain"
    case csv = "text/csv"

    /// The extension with which a document of this type is stored.
    package var fileExtension: String {
        switch self {
        case .pdf: "pdf"
        case .docx: "docx"
        case .pptx: "pptx"
        case .xlsx: "xlsx"
        case .odt: "odt"
        case .odp: "odp"
        case .ods: "ods"
        case .html: "html"
        case .markdown: "md"
        case .plainText: "txt"
        case .csv: "csv"
        }
    }

    /// Whether the type is text, which only a name or declared type distinguishes further.
    package var isText: Bool {
        switch self {
        case .markdown, .plainText, .csv, .html: true
        case .pdf, .docx, .pptx, .xlsx, .odt, .odp, .ods: false
        }
    }

    /// Parses a Content-Type, in any letter case, ignoring parameters; `nil` for unsupported types
    /// and for unspecific ones such as `application/octet-stream`.
    package init?(contentType: String) {
        let essence = contentType.prefix { $0 != ";" }
            .drop { $0.isWhitespace }.lowercased()
        let trimmed = String(essence.prefix { !$0.isWhitespace })
        guard let type = Self(rawValue: trimmed) ?? Self.aliases[trimmed] else { return nil }
        self = type
    }

    /// Parses the extension of a filename, in any letter case; `nil` when it is not supported.
    package init?(filename: String) {
        guard let dot = filename.lastIndex(of: "."), dot != filename.startIndex else { return nil }
        let name = filename[filename.index(after: dot)...].lowercased()
        guard let type = Self.extensions[name] else { return nil }
        self = type
    }

    private static let aliases: [String: MediaType] = [
        "application/x-pdf": .pdf,
        "application/xhtml+xml": .html,
        "application/csv": .csv,
        "text/tab-separated-values": .csv,
        "text/x-markdown": .markdown,
        "application/markdown": .markdown,
    ]

    private static let extensions: [String: MediaType] = [
        "pdf": .pdf, "docx": .docx, "docm": .docx, "dotx": .docx, "pptx": .pptx, "pptm": .pptx,
        "ppsx": .pptx, "xlsx": .xlsx, "xlsm": .xlsx, "xltx": .xlsx, "xltm": .xlsx, "odt": .odt,
        "odp": .odp, "ods": .ods, "html": .html, "htm": .html, "xhtml": .html, "md": .markdown,
        "markdown": .markdown, "txt": .plainText, "text": .plainText, "log": .plainText,
        "csv": .csv, "tsv": .csv,
    ]
}
