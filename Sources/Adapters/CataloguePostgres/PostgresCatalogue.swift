// CataloguePostgres: what clients ask, in SQL.
//
// Invariants: every statement names the tenant; an upload is accepted in one transaction, which
// uploads that come at once share; nothing here moves a job.
// Neighbours: the port Catalogue of Serving above, the Postgres client below.

package import Domain
import FoundationEssentials
package import Postgres
package import Serving

/// Documents, jobs and chunks in PostgreSQL.
package struct PostgresCatalogue: Catalogue {
    private let pool: PostgresPool
    private let lookups: PostgresPool
    /// Whether each upload is a new one.
    private let uploads: GroupCommit<Upload, Bool, PostgresError>

    /// - Parameters:
    ///   - pool: accepts and deletes documents.
    ///   - lookups: answers all else; of its own, so that searches do not hold up uploads.
    ///   - attemptsMax: how often each stage of a new job may be tried.
    package init(pool: PostgresPool, lookups: PostgresPool, attemptsMax: Int = 5) {
        self.pool = pool
        self.lookups = lookups
        uploads = Self.uploads(pool, attemptsMax)
    }

    package func accept(_ upload: Upload) async throws(CatalogueUnavailable) -> Acceptance {
        // Whoever deletes the known document between two statements makes us try again.
        for _ in 0..<3 {
            if let key = upload.idempotencyKey, try await isTaken(key, otherThan: upload.sha256) {
                return .keyTaken
            }
            guard try await insert(upload) else {
                if let known = try await known(upload) { return .known(known) }
                continue
            }
            return .accepted
        }
        throw CatalogueUnavailable(reason: "the document comes and goes")
    }

    /// False when the tenant has these bytes, or when the key has just been taken.
    private func insert(_ upload: Upload) async throws(CatalogueUnavailable) -> Bool {
        do {
            return try await uploads(upload)
        } catch  where error.constraint == "upload_jobs_idempotency_key" {
            return false
        } catch {
            throw CatalogueUnavailable(reason: "\(error)")
        }
    }

    private static func uploads(
        _ pool: PostgresPool, _ attemptsMax: Int
    ) -> GroupCommit<Upload, Bool, PostgresError> {
        GroupCommit(
            of: \.document.uuid, linger: .milliseconds(2), meetsAll: \.isOfTheServer
        ) { uploads throws(PostgresError) in
            let rows = try await pool.query(
                Query.accept(
                    uploads.map(\.document.uuid), uploads.map(\.user.uuid),
                    uploads.map(\.filename), uploads.map(\.mime), uploads.map(\.bytesLength),
                    uploads.map(\.sha256), uploads.map(\.rawPath), uploads.map(\.job.uuid),
                    uploads.map { $0.idempotencyKey ?? "" }, uploads.map(\.correlationID),
                    attemptsMax))
            var accepted: Set<UUID> = []
            for row in rows { accepted.insert(try row.decode(0)) }
            return uploads.map { .success(accepted.contains($0.job.uuid)) }
        }
    }

    private func isTaken(
        _ key: String, otherThan sha256: String
    ) async throws(CatalogueUnavailable) -> Bool {
        try await rows(Query.keyHolder(key), from: pool) { try $0.decode(0, as: String.self) }
            .contains { $0 != sha256 }
    }

    private func known(_ upload: Upload) async throws(CatalogueUnavailable) -> KnownUpload? {
        try await rows(Query.knownUpload(upload.user.uuid, upload.sha256), from: pool) { row in
            KnownUpload(
                document: DocumentID(try row.decode(0, as: UUID.self)),
                job: JobID(try row.decode(1, as: UUID.self)),
                stage: try row.decode(2), state: try row.decode(3))
        }.first
    }

    package func delete(
        _ document: DocumentID, of user: UserID
    ) async throws(CatalogueUnavailable) -> [String]? {
        try await rows(Query.deleteDocument(document.uuid, user.uuid), from: pool) { row in
            try [row.decode(0, as: String.self), row.decodeIfPresent(1, as: String.self)]
                .compactMap { $0 }
        }.first
    }

    package func note(_ event: ParseEvent) async throws(CatalogueUnavailable) -> Bool {
        let statement = Query.noteParseEvent(event.id, event.remoteJob, event.name)
        return try await !rows(statement, from: pool) { _ in }.isEmpty
    }

    /// Runs a statement and reads its rows.
    func rows<R>(
        _ statement: PostgresStatement, from pool: PostgresPool? = nil,
        _ read: (PostgresRow) throws -> R
    ) async throws(CatalogueUnavailable) -> [R] {
        do {
            return try await (pool ?? lookups).query(statement).map(read)
        } catch {
            throw CatalogueUnavailable(reason: "\(error)")
        }
    }

    /// Runs statements as one transaction and reads the rows of the last.
    func lastRows<R>(
        _ statements: [PostgresStatement], _ read: (PostgresRow) throws -> R
    ) async throws(CatalogueUnavailable) -> [R] {
        do {
            return try await lookups.pipeline(statements).last?.map(read) ?? []
        } catch {
            throw CatalogueUnavailable(reason: "\(error)")
        }
    }
}
