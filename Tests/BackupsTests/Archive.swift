import Backups
import BlobStores
import Crypto
import Domain
import FoundationEssentials
import Pipeline
import Postgres
import TestSupport
import Testing

/// A database and a store with documents, and a folder for their backups.
struct Archive: Sendable {
    let database: TestDatabase
    let blobs: any BlobStore
    let folder: BackupFolder
    /// Contains the backup folder and all other files of the test.
    let directory: String

    /// - Parameter blobs: replaces the default store, a folder.
    static func withTemporary<R: Sendable>(
        blobs: (any BlobStore)? = nil, _ body: (Archive) async throws -> R
    ) async throws -> R {
        let directory = "/tmp/millrace-backups-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try await TestDatabase.lend { database in
            try await body(
                Archive(
                    database: database, blobs: blobs ?? LocalBlobStore(root: directory + "/blobs"),
                    folder: BackupFolder(directory + "/backup"), directory: directory))
        }
    }

    static let tools = Result { () throws(BackupError) in
        try DatabaseTools(folders: [Runtime.path + "/postgres/bin"])
    }

    // MARK: Documents

    /// A parsed document and its two blobs.
    struct Document: Sendable {
        let id: DocumentID
        let raw: BlobPath
        let parsed: BlobPath
    }

    /// Adds a document that waits to be chunked, with both of its blobs.
    func add(_ text: String, of tenant: TenantID = TenantID()) async throws -> Document {
        let id = DocumentID()
        let raw = BlobPath(kind: .raw, tenant: tenant, document: id, fileExtension: "md")
        let parsed = BlobPath(
            kind: .parsed, tenant: tenant, document: id, claim: ClaimID(), fileExtension: "md")
        let (original, markdown) = (Array(text.utf8), Array("# \(text)".utf8))
        try await blobs.put(original, at: raw)
        try await blobs.put(markdown, at: parsed)
        _ = try await database.pool.query(
            PostgresStatement(
                """
                WITH d AS (
                    INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime,
                        bytes_len, file_sha256, raw_path, parsed_path, parsed_sha256)
                    VALUES ($1::uuid, $2::uuid, 'a.md', 'text/markdown', $3::bigint, $4::text,
                        $5::text, $6::text, $7::text)
                    RETURNING document_id)
                INSERT INTO upload_pipeline.upload_jobs (document_id, stage, state)
                SELECT document_id, 'parse_validated', 'done' FROM d
                """, id.uuid, tenant.uuid, original.count, SHA256.hash(data: original).hexadecimal,
                raw.description, parsed.description, SHA256.hash(data: markdown).hexadecimal))
        return Document(id: id, raw: raw, parsed: parsed)
    }

    /// Deletes a document as the API does: the row, then the blobs.
    func delete(_ document: Document) async throws {
        try await database.script(
            "DELETE FROM upload_pipeline.documents WHERE document_id = '\(document.id)'")
        try await blobs.delete(document.raw)
        try await blobs.delete(document.parsed)
    }

    // MARK: Backups

    /// The owner's pool. Transactions have no idle limit, since a backup keeps one open.
    private func owner(_ url: String) -> PostgresPool {
        PostgresPool(
            PostgresConfiguration(conninfo: url, connectionsMax: 2, idleTransactionTimeout: .zero))
    }

    @discardableResult
    func back(
        up steps: Steps = Steps(), replacesOthers: Bool = false
    ) async throws -> BackupManifest {
        let pool = owner(database.url)
        let outcome: Result<BackupManifest, BackupError>
        do throws(BackupError) {
            outcome = .success(
                try await BackupRun(
                    from: pool, blobs, to: folder, with: Self.tools.get(),
                    replacesOthers: replacesOthers,
                    report: { steps.add($0) }
                ).run())
        } catch {
            outcome = .failure(error)
        }
        await pool.close()
        return try outcome.get()
    }

    func check() async throws -> BackupCheck.Finding {
        try await BackupCheck(of: folder, with: Self.tools.get()).run()
    }

    /// Restores into a database and a store.
    func restore(
        into database: TestDatabase, _ blobs: any BlobStore, overOthers: Bool = false
    ) async throws {
        _ = try await RestoreRun(
            of: folder, into: database.pool, blobs, with: Self.tools.get(),
            keepsOtherBlobs: overOthers, report: { _ in }
        ).run()
    }

    /// Restores into a new database and a new folder, and lends them.
    func restored(
        _ body: (TestDatabase, LocalBlobStore) async throws -> Void
    ) async throws {
        try await TestDatabase.lend(isMigrated: false) { database in
            let blobs = LocalBlobStore(
                root: directory + "/restored-\(UUID().uuidString.lowercased())")
            try await restore(into: database, blobs)
            try await body(database, blobs)
        }
    }

    /// All rows of the tables that a pipeline writes, as text.
    static func rows(of database: TestDatabase) async throws -> [String] {
        var rows: [String] = []
        for table in ["documents", "upload_jobs", "events", "job_counts", "schema_migrations"] {
            rows += try await database.texts(
                "SELECT '\(table) ' || t::text FROM upload_pipeline.\(table) t ORDER BY 1")
        }
        return rows
    }

    static func names(in store: any BlobStore) async throws -> Set<BlobPath> {
        Set(try await store.list(olderThan: nil, after: nil, limit: 10_000))
    }
}
