/// What a parser reports about a document next to its text.
package struct ParseReport: Hashable, Sendable, Codable {
    /// Name and version of the parser.
    package var parser: String
    /// Pages, slides or sheets of the source; `nil` for a format without pages.
    package var pages: Int?
    /// Pages whose text was read.
    package var pagesRead: Int?
    /// Pages whose text was recognised optically.
    package var pagesByOCR: Int?
    /// The encoding of a text, by its IANA name.
    package var encoding: String?
    /// At most one of each code.
    package var warnings: [ParseWarning]

    package init(
        parser: String, pages: Int? = nil, pagesRead: Int? = nil, pagesByOCR: Int? = nil,
        encoding: String? = nil, warnings: [ParseWarning] = []
    ) {
        self.parser = parser
        self.pages = pages
        self.pagesRead = pagesRead
        self.pagesByOCR = pagesByOCR
        self.encoding = encoding
        self.warnings = warnings
    }

    /// As stored in `documents.parse_report`.
    private enum CodingKeys: String, CodingKey {
        case parser, pages, encoding, warnings
        case pagesRead = "pages_read"
        case pagesByOCR = "pages_by_ocr"
    }
}

/// What was left out of a document's text, or may be wrong in it.
package struct ParseWarning: Hashable, Sendable, Codable {
    /// The codes are part of the API; docs/reference/warnings.md explains them.
    package enum Code: String, CaseIterable, Sendable, Codable {
        case pageUnreadable = "page_unreadable"
        case pageWithoutText = "page_without_text"
        case ocrFailed = "ocr_failed"
        case encodingUncertain = "encoding_uncertain"
        case invalidCharacters = "invalid_characters"
        case attachmentSkipped = "attachment_skipped"
        case hiddenContentSkipped = "hidden_content_skipped"
        case pageFrameSkipped = "page_frame_skipped"
        case formulaWithoutValue = "formula_without_value"
        case partUnsupported = "part_unsupported"
        case structureInvalid = "structure_invalid"
        case textShortened = "text_shortened"
    }

    package var code: Code
    /// How often it occurred.
    package var count: Int
    /// The first page on which it occurred, from 1.
    package var page: Int?

    package init(_ code: Code, count: Int = 1, page: Int? = nil) {
        self.code = code
        self.count = count
        self.page = page
    }
}
