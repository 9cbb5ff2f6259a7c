// Parsing: from stored bytes to normalised Markdown.
//
// Invariants: only the document that was accepted is parsed (size, SHA-256 and type are checked); a
// job reaches parse_validated only with a text in blob storage and that text's hash on its row.
// Neighbours: the upload API before it, the chunk-worker after it.

import Crypto
package import Domain
package import Pipeline

/// Validates a document, has it parsed and stores the text.
package struct ParseHandler: JobHandler {
    private let store: any ParseJobStore
    private let blobs: any BlobStore
    private let inspector: any DocumentInspector
    private let parser: any DocumentParser

    package init(
        store: any ParseJobStore, blobs: any BlobStore, inspector: any DocumentInspector,
        parser: any DocumentParser
    ) {
        self.store = store
        self.blobs = blobs
        self.inspector = inspector
        self.parser = parser
    }

    package var queue: WorkQueue { .parse }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        guard let raw = BlobPath(job.rawPath) else {
            throw .permanent(.database(.badPath), "'\(job.rawPath)' is not a path of blob storage")
        }
        let parsed = try await blobs.withLocalFile(raw) {
            path async throws(JobFailure) in
            let mime = try await validate(job, at: path)
            try await advance(job)
            return try await parser.parse(
                SourceDocument(
                    path: path, mime: mime, filename: job.filename, byteCount: job.byteCount,
                    subject: CallSubject(job), progress: progress,
                    tickets: JobTickets(jobs: store, claim: job.claim)))
        }
        try Self.check(parsed)
        let target = BlobPath(
            kind: .parsed, tenant: job.tenant, document: job.document, claim: job.claim.token,
            fileExtension: "md")
        let hash = try await keep(parsed.markdown, at: target)
        try await store.completeParsing(
            job.claim,
            ParsedText(path: target.description, sha256: hash, report: parsed.report))
    }

    /// Stores a text and returns its hash. A large text is written in slices to save memory.
    private func keep(
        _ text: String, at path: BlobPath
    ) async throws(JobFailure) -> String {
        if text.utf8.count <= Self.sliceBytes {
            let bytes = Array(text.utf8)
            try await blobs.put(bytes, at: path)
            return SHA256.hash(data: bytes).hexadecimal
        }
        var hash = SHA256()
        let writer = try await blobs.writer(for: path)
        do throws(JobFailure) {
            var rest = text.utf8[...]
            while !rest.isEmpty {
                let slice = Array(rest.prefix(Self.sliceBytes))
                rest = rest.dropFirst(slice.count)
                hash.update(data: slice)
                try await writer.append(slice)
            }
            try await writer.commit()
        } catch {
            await writer.abort()
            throw error
        }
        return hash.finalize().hexadecimal
    }

    private static let sliceBytes = 1 << 20

    /// Checks that the bytes are those that were accepted; returns their detected type.
    private func validate(
        _ job: ClaimedJob, at path: String
    ) async throws(JobFailure) -> String {
        let found = try await inspector.inspect(
            path: path, filename: job.filename, declaredMIME: job.mime)
        guard found.byteCount == job.byteCount else {
            throw .permanent(
                .storage(.sizeMismatch),
                "stored bytes: \(found.byteCount), accepted bytes: \(job.byteCount)")
        }
        guard found.sha256 == job.fileSHA256 else {
            throw .permanent(
                .storage(.hashMismatch),
                "the hash of the stored bytes differs from that of the accepted bytes")
        }
        return found.mime
    }

    private func advance(_ job: ClaimedJob) async throws(JobFailure) {
        let steps = [Stage.jobValidated, .parsing].filter { $0 > job.stage }
        if !steps.isEmpty { try await store.advance(job.claim, through: steps) }
    }

    private static func check(_ parsed: ParsedDocument) throws(JobFailure) {
        guard parsed.markdown.utf8.contains(where: { $0 > UInt8(ascii: " ") }) else {
            throw .permanent(.document(.noText), "the parser found no text in this document")
        }
        if let pages = parsed.report.pages, pages > 0, parsed.report.pagesRead == 0 {
            throw .permanent(
                .document(.pagesMissing), "none of the \(pages) pages could be read")
        }
    }
}
