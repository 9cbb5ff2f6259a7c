/// The document formats that Millrace reads. The raw value is the canonical Content-Type.
package enum MediaType: String, CaseIterable, Sendable, Codable {
    case pdf = "application/pdf"
    case docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    case xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case odt = "application/vnd.oasis.opendocument.text"
    case odp = "application/vnd.oasis.opendocument.presentation"
    case ods = "application/vnd.oasis.opendocument.spreadsheet"
    case doc = "application/msword"
    case xls = "application/vnd.ms-excel"
    case ppt = "application/vnd.ms-powerpoint"
    case msg = "application/vnd.ms-outlook"
    case html = "text/html"
    case markdown = "text/markdown"
    case plainText = "text/plain"
    case csv = "text/csv"
    case mail = "message/rfc822"
    case mailbox = "application/mbox"
    case savedPage = "multipart/related"
    case epub = "application/epub+zip"
    case rtf = "application/rtf"
    case json = "application/json"
    case jsonLines = "application/jsonl"
    case notebook = "application/x-ipynb+json"
    case xml = "application/xml"
    case webVTT = "text/vtt"
    case subRip = "application/x-subrip"
    case zip = "application/zip"
    case tar = "application/x-tar"
    case gzip = "application/gzip"
    case png = "image/png"
    case jpeg = "image/jpeg"
    case tiff = "image/tiff"
    case webp = "image/webp"
    case bmp = "image/bmp"
    case gif = "image/gif"

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
        case .doc: "doc"
        case .xls: "xls"
        case .ppt: "ppt"
        case .msg: "msg"
        case .html: "html"
        case .markdown: "md"
        case .plainText: "txt"
        case .csv: "csv"
        case .mail: "eml"
        case .mailbox: "mbox"
        case .savedPage: "mhtml"
        case .epub: "epub"
        case .rtf: "rtf"
        case .json: "json"
        case .jsonLines: "jsonl"
        case .notebook: "ipynb"
        case .xml: "xml"
        case .webVTT: "vtt"
        case .subRip: "srt"
        case .zip: "zip"
        case .tar: "tar"
        case .gzip: "gz"
        case .png: "png"
        case .jpeg: "jpg"
        case .tiff: "tiff"
        case .webp: "webp"
        case .bmp: "bmp"
        case .gif: "gif"
        }
    }

    /// Whether the type is text, which only a name or declared type distinguishes further.
    package var isText: Bool {
        switch self {
        case .markdown, .plainText, .csv, .html: true
        case .mail, .mailbox, .savedPage, .json, .jsonLines, .notebook, .xml, .webVTT, .subRip: true
        case .pdf, .docx, .pptx, .xlsx, .odt, .odp, .ods: false
        case .epub, .rtf, .zip, .tar, .gzip, .doc, .xls, .ppt, .msg: false
        case .png, .jpeg, .tiff, .webp, .bmp, .gif: false
        }
    }

    /// Whether the type is a picture, whose text can only be recognised optically.
    package var isImage: Bool {
        switch self {
        case .png, .jpeg, .tiff, .webp, .bmp, .gif: true
        default: false
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
        "application/x-mimearchive": .savedPage,
        "text/rtf": .rtf,
        "application/x-rtf": .rtf,
        "text/json": .json,
        "application/x-ndjson": .jsonLines,
        "application/x-jsonlines": .jsonLines,
        "text/xml": .xml,
        "image/svg+xml": .xml,
        "application/jats+xml": .xml,
        "application/docbook+xml": .xml,
        "application/tei+xml": .xml,
        "application/rss+xml": .xml,
        "application/atom+xml": .xml,
        "text/srt": .subRip,
        "application/x-zip-compressed": .zip,
        "application/x-gzip": .gzip,
        "application/x-gtar": .tar,
        "image/jpg": .jpeg,
        "image/x-ms-bmp": .bmp,
    ]

    private static let extensions: [String: MediaType] = [
        "pdf": .pdf, "docx": .docx, "docm": .docx, "dotx": .docx, "pptx": .pptx, "pptm": .pptx,
        "ppsx": .pptx, "xlsx": .xlsx, "xlsm": .xlsx, "xltx": .xlsx, "xltm": .xlsx, "odt": .odt,
        "odp": .odp, "ods": .ods, "html": .html, "htm": .html, "xhtml": .html, "md": .markdown,
        "markdown": .markdown, "txt": .plainText, "text": .plainText, "log": .plainText,
        "csv": .csv, "tsv": .csv,
        "eml": .mail, "mbox": .mailbox, "mbx": .mailbox, "mht": .savedPage, "mhtml": .savedPage,
        "epub": .epub, "rtf": .rtf, "json": .json, "geojson": .json, "jsonl": .jsonLines,
        "ndjson": .jsonLines, "ipynb": .notebook, "xml": .xml, "nxml": .xml, "svg": .xml,
        "rss": .xml, "atom": .xml, "tei": .xml, "dbk": .xml, "vtt": .webVTT, "srt": .subRip,
        "png": .png, "jpg": .jpeg, "jpeg": .jpeg, "tif": .tiff, "tiff": .tiff, "webp": .webp,
        "bmp": .bmp, "gif": .gif,
        "doc": .doc, "dot": .doc, "xls": .xls, "xlt": .xls, "ppt": .ppt, "pps": .ppt, "pot": .ppt,
        "msg": .msg, "oft": .msg, "zip": .zip, "tar": .tar, "gz": .gzip, "tgz": .gzip,
    ]
}
