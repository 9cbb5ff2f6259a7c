/// The kinds of document Millrace reads. The raw value is the canonical Content-Type.
package enum MediaType: String, CaseIterable, Sendable, Codable {
    case pdf = "application/pdf"
    case docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    case xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case odt = "application/vnd.oasis.opendocument.text"
    case html = "text/html"
    case markdown = "text/markdown"
    case plainText = "text/plain"
    case csv = "text/csv"

    /// The extension under which a document of this type is stored.
    package var fileExtension: String {
        switch self {
        case .pdf: "pdf"
        case .docx: "docx"
        case .pptx: "pptx"
        case .xlsx: "xlsx"
        case .odt: "odt"
        case .html: "html"
        case .markdown: "md"
        case .plainText: "txt"
        case .csv: "csv"
        }
    }

    /// Whether the type is text that only its name tells from other text.
    package var isText: Bool {
        switch self {
        case .markdown, .plainText, .csv, .html: true
        case .pdf, .docx, .pptx, .xlsx, .odt: false
        }
    }

    /// Reads a Content-Type, any letter case, parameters ignored; `nil` for types that are not
    /// supported and for those that say nothing, such as `application/octet-stream`.
    package init?(contentType: String) {
        let essence = contentType.prefix { $0 != ";" }
            .drop { $0.isWhitespace }.lowercased()
        let trimmed = String(essence.prefix { !$0.isWhitespace })
        guard let type = Self(rawValue: trimmed) ?? Self.aliases[trimmed] else { return nil }
        self = type
    }

    /// Reads the extension of a filename, any letter case; `nil` when it tells no supported type.
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
        "ppsx": .pptx, "xlsx": .xlsx, "xlsm": .xlsx, "odt": .odt, "html": .html, "htm": .html,
        "xhtml": .html, "md": .markdown, "markdown": .markdown, "txt": .plainText,
        "text": .plainText, "log": .plainText, "csv": .csv, "tsv": .csv,
    ]
}
