package import Domain

/// Turns a document's bytes into normalised Markdown.
package protocol DocumentParser: Sendable {
    /// Parses one document.
    ///
    /// - Parameters:
    ///   - source: the bytes, as a local file.
    /// - Throws: a permanent failure for documents that cannot be parsed (codes such as
    ///   `encrypted`, `malformed`, `too_large`, `unsupported_type`), a transient
    ///   one when the parser itself could not run.
    func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument
}

/// The input of a parser.
package struct SourceDocument: Sendable {
    /// Path of a local file with the bytes. The parser must not modify it.
    package var path: String
    /// The detected media type.
    package var mime: String
    package var filename: String
    package var byteCount: Int
    /// The tenant, document and job that billable calls are recorded for.
    package var subject: CallSubject
    /// Advanced by the parser while a remote service is working.
    package var progress: Progress
    package var tickets: any ParseTickets

    package init(
        path: String, mime: String, filename: String, byteCount: Int, subject: CallSubject,
        progress: Progress, tickets: any ParseTickets
    ) {
        self.subject = subject
        self.progress = progress
        self.tickets = tickets
        self.path = path
        self.mime = mime
        self.filename = filename
        self.byteCount = byteCount
    }
}

/// Stores the ticket that a parsing service issued for a document, with the job. A worker that
/// resumes the job fetches that result instead of paying for another.
package protocol ParseTickets: Sendable {
    func ticket(of provider: String) async throws(JobFailure) -> String?

    /// - Parameter ticket: `nil` removes the stored ticket.
    func store(_ ticket: String?, of provider: String) async throws(JobFailure)
}

/// Webhook events of parsing services. An event only prompts a check of the remote job.
package protocol ParseWebhooks: Sendable {
    /// Whether an event has reported the end of a remote job.
    func hasEnded(_ remoteJob: String) async throws(JobFailure) -> Bool
}

/// The text of a document as normalised Markdown.
package struct ParsedDocument: Sendable {
    /// Valid UTF-8; pages are separated by a form feed (U+000C), where the format has pages.
    package var markdown: String
    package var report: ParseReport

    package init(markdown: String, report: ParseReport) {
        self.markdown = markdown
        self.report = report
    }
}
