package import Domain

/// Turns a document's bytes into normalised Markdown.
package protocol DocumentParser: Sendable {
    /// Name and version, recorded with the job.
    var identity: String { get }

    /// Parses one document.
    ///
    /// - Parameters:
    ///   - source: the bytes, as a local file.
    /// - Throws: a permanent failure for documents that cannot be parsed (codes such as
    ///   `encrypted`, `malformed`, `too_large`, `unsupported_type`, `parser_crashed`), a
    ///   transient one when the parser itself could not run.
    func parse(_ source: SourceDocument) async throws(StageFailure) -> ParsedDocument
}

/// A document's bytes on their way into a parser.
package struct SourceDocument: Sendable {
    /// Path of a local file that holds the bytes; the parser only reads it.
    package var path: String
    /// The detected media type.
    package var mime: String
    package var filename: String
    package var bytesLength: Int

    package init(path: String, mime: String, filename: String, bytesLength: Int) {
        self.path = path
        self.mime = mime
        self.filename = filename
        self.bytesLength = bytesLength
    }
}

/// The text of a document as normalised Markdown.
package struct ParsedDocument: Sendable {
    /// Valid UTF-8; pages are separated by a form feed (U+000C), where the format has pages.
    package var markdown: String
    /// Pages the source has; `nil` for formats without pages.
    package var pagesInSource: Int?
    /// Pages whose text was read.
    package var pagesRead: Int?

    package init(markdown: String, pagesInSource: Int? = nil, pagesRead: Int? = nil) {
        self.markdown = markdown
        self.pagesInSource = pagesInSource
        self.pagesRead = pagesRead
    }
}
