import BlobStores
import Chunker
import Chunking
import Crypto
import Domain
import Embedding
import Flushing
import Foundation
import JobStorePostgres
import Parsers
import Parsing
import Pipeline
import TestSupport

/// The handlers with a real database, real files and the real local services.
struct StageFixture {
    let database: TestDatabase
    let blobs: LocalBlobStore
    private let root: String

    static func withFixture<R: Sendable>(_ body: (StageFixture) async throws -> R) async throws -> R
    {
        let root = NSTemporaryDirectory() + "millrace-stages-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        return try await TestDatabase.lend { database in
            try await body(
                StageFixture(database: database, blobs: LocalBlobStore(root: root), root: root))
        }
    }

    static let localParser = LocalParser(
        sandboxPath: Runtime.program("parse-sandbox"),
        pdfiumPath: Runtime.path + "/pdfium/libpdfium.so")

    static let chunker: MarkdownChunker = {
        do {
            return MarkdownChunker(
                by: .tokens(
                    try Cl100kTokenizer(
                        ranksPath: Runtime.path + "/cl100k/cl100k_base.tiktoken")))
        } catch {
            fatalError("\(error): run 'make install'")
        }
    }()

    func parsing(with parser: any DocumentParser = localParser) -> ParseHandler {
        ParseHandler(
            store: database.store, blobs: blobs, inspector: FileInspector(), parser: parser)
    }

    func chunking() -> ChunkHandler {
        ChunkHandler(store: database.store, blobs: blobs, chunker: Self.chunker)
    }

    func embedding(with embedder: any Embedder) -> EmbedHandler {
        EmbedHandler(store: database.store, embedder: embedder)
    }

    /// Accepts a document as the API does: its bytes first, then its rows.
    func accept(
        _ bytes: [UInt8], filename: String = "a.md", mime: MediaType = .markdown
    ) async throws -> JobID {
        let raw = BlobPath(
            kind: .raw, tenant: TenantID(), document: DocumentID(),
            fileExtension: mime.fileExtension)
        try await blobs.put(bytes, at: raw)
        let job = try await database.seedJob()
        try await database.script(
            """
            UPDATE upload_pipeline.documents SET filename = '\(filename)',
                mime = '\(mime.rawValue)', bytes_len = \(bytes.count), raw_path = '\(raw)',
                file_sha256 = '\(SHA256.hash(data: bytes).hexadecimal)'
            WHERE document_id = (SELECT document_id FROM upload_pipeline.upload_jobs
                WHERE job_id = '\(job)')
            """)
        return job
    }

    /// Claims a job and runs a handler on it.
    @discardableResult
    func work(
        _ handler: any JobHandler, on job: JobID
    ) async throws -> Result<Void, JobFailure> {
        let claimed = try await database.claim([job], handler.queue)[0]
        do throws(JobFailure) {
            try await handler.work(on: claimed, Progress())
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Returns a failed job to its queue, as the reconciler does when its retry is due.
    func retry(_ job: JobID) async throws {
        try await database.script(
            """
            UPDATE upload_pipeline.upload_jobs SET state = 'queued', claim_id = NULL,
                lease_until = NULL, claimed_by = NULL WHERE job_id = '\(job)'
            """)
    }

    /// Assigns every claim to another worker.
    func stealClaims() async throws {
        try await database.script(
            """
            UPDATE upload_pipeline.upload_jobs
            SET claim_id = gen_random_uuid(), claimed_by = 'another'
            """)
    }

    func raw(of job: JobID) async throws -> BlobPath { try await path("raw_path", of: job) }
    func parsed(of job: JobID) async throws -> BlobPath { try await path("parsed_path", of: job) }

    private func path(_ column: String, of job: JobID) async throws -> BlobPath {
        let text = try await database.texts(
            "SELECT \(column) FROM upload_pipeline.documents JOIN upload_pipeline.upload_jobs "
                + "USING (document_id) WHERE job_id = '\(job)'")[0]
        guard let path = BlobPath(text) else { fatalError("\(text) is no path") }
        return path
    }

    func count(_ table: String) async throws -> Int {
        try await Int(database.texts("SELECT count(*) FROM upload_pipeline.\(table)")[0]) ?? -1
    }
}

extension Result where Success == Void, Failure == JobFailure {
    var failure: JobFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
