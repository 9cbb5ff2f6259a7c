package import Domain

/// Turns a document's bytes into normalised Markdown.
package protocol DocumentParser: Sendable {
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
    /// Whose document it is; what a call that costs something is accounted to.
    package var subject: CallSubject
    /// To be advanced while a service is at work elsewhere.
    package var progress: Progress
    package var tickets: any ParseTickets

    package init(
        path: String, mime: String, filename: String, bytesLength: Int, subject: CallSubject,
        progress: Progress, tickets: any ParseTickets
    ) {
        self.subject = subject
        self.progress = progress
        self.tickets = tickets
        self.path = path
        self.mime = mime
        self.filename = filename
        self.bytesLength = bytesLength
    }
}

/// What a parsing service gave for a document that it took, kept with the job: whoever goes on with
/// the job asks for that result and does not pay for another.
package protocol ParseTickets: Sendable {
    func ticket(of provider: String) async throws(StageFailure) -> String?

    /// - Parameter ticket: `nil` forgets it.
    func keep(_ ticket: String?, of provider: String) async throws(StageFailure)
}

/// What services told of their jobs by themselves: a hint to look, never the truth.
package protocol ParseNotices: Sendable {
    /// Whether the end of a remote job has been told of.
    func isTold(of remoteJob: String) async throws(StageFailure) -> Bool
}

/// The text of a document as normalised Markdown.
package struct ParsedDocument: Sendable {
    /// Valid UTF-8; pages are separated by a form feed (U+000C), where the format has pages.
    package var markdown: String
    /// Pages the source has; `nil` for formats without pages.
    package var pagesInSource: Int?
    /// Pages whose text was read.
    package var pagesRead: Int?
    /// Name and version of the parser, recorded with the job.
    package var parser: String

    package init(
        markdown: String, pagesInSource: Int? = nil, pagesRead: Int? = nil, parser: String
    ) {
        self.parser = parser
        self.markdown = markdown
        self.pagesInSource = pagesInSource
        self.pagesRead = pagesRead
    }
}
