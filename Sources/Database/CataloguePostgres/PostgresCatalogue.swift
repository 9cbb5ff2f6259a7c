// CataloguePostgres: the requests of API clients, in SQL.
//
// Invariants: a client only reaches rows of its tenant. An upload is accepted in one transaction,
// which concurrent uploads share. No statement here moves a job to another stage or state.
// Neighbours: the port Catalogue of Serving above, the Postgres client below.

import Concurrency
package import Domain
import FoundationEssentials
package import Pipeline
package import Postgres
package import Serving

/// Documents, jobs and chunks in PostgreSQL.
package struct PostgresCatalogue: Catalogue {
    private let pool: PostgresPool
    private let lookups: PostgresPool
    private let searches: PostgresPool
    /// Inserts uploads in sets; the value is whether the upload is new.
    private let uploads: Coalescer<Upload, UUID, Bool, PostgresError>

    /// - Parameters:
    ///   - pool: accepts and deletes documents.
    ///   - lookups: reads jobs, documents and chunks.
    ///   - searches: runs searches, with a short statement timeout. Three pools, so that expensive
    ///     searches hold up neither lookups nor uploads.
    ///   - attemptsMax: maximum attempts of a new job on each queue.
    package init(
        pool: PostgresPool, lookups: PostgresPool, searches: PostgresPool, attemptsMax: Int = 5
    ) {
        self.pool = pool
        self.lookups = lookups
        self.searches = searches
        uploads = Self.uploads(pool, attemptsMax)
    }

    package func accept(_ upload: Upload) async throws(CatalogueError) -> Acceptance {
        // The known document may be deleted between two statements.
        for _ in 0..<3 {
            if try await isKeyTaken(of: upload) { return .keyTaken }
            if try await insert(upload) { return .accepted }
            guard let known = try await known(upload) else { continue }
            if let key = upload.idempotencyKey {
                let keep = Query.storeKey(upload.user.uuid, key, upload.sha256)
                _ = try await rows(keep, from: pool) { _ in }
                if try await isKeyTaken(of: upload) { return .keyTaken }
            }
            return .known(known)
        }
        throw CatalogueError(
            .unavailable, reason: "the document was created and deleted three times")
    }

    /// Returns false when the tenant has these bytes or the key has just been taken.
    private func insert(_ upload: Upload) async throws(CatalogueError) -> Bool {
        do {
            return try await uploads(upload)
        } catch  where error.constraint == "idempotency_keys_pkey" {
            return false
        } catch {
            throw CatalogueError(error)
        }
    }

    private static func uploads(
        _ pool: PostgresPool, _ attemptsMax: Int
    ) -> Coalescer<Upload, UUID, Bool, PostgresError> {
        Coalescer(
            of: \.document.uuid, linger: .milliseconds(2), failsWholeBatch: \.isServerUnavailable
        ) { uploads throws(PostgresError) in
            let rows = try await pool.query(
                Query.accept(
                    uploads.map(\.document.uuid), uploads.map(\.user.uuid),
                    uploads.map(\.filename), uploads.map(\.mime), uploads.map(\.byteCount),
                    uploads.map(\.sha256), uploads.map(\.rawPath), uploads.map(\.job.uuid),
                    uploads.map { $0.idempotencyKey ?? "" }, uploads.map(\.correlationID),
                    attemptsMax))
            var accepted: Set<UUID> = []
            for row in rows { accepted.insert(try row.decode(0)) }
            return uploads.map { .success(accepted.contains($0.job.uuid)) }
        }
    }

    /// Whether the upload's key was sent before with different bytes.
    private func isKeyTaken(of upload: Upload) async throws(CatalogueError) -> Bool {
        guard let key = upload.idempotencyKey else { return false }
        let holder = Query.keyHolder(upload.user.uuid, key)
        return try await rows(holder, from: pool) { try $0.decode(0, as: String.self) }
            .contains { $0 != upload.sha256 }
    }

    private func known(_ upload: Upload) async throws(CatalogueError) -> KnownUpload? {
        try await rows(Query.knownUpload(upload.user.uuid, upload.sha256), from: pool) { row in
            KnownUpload(
                document: DocumentID(try row.decode(0, as: UUID.self)),
                job: JobID(try row.decode(1, as: UUID.self)),
                stage: try row.decode(2), state: try row.decode(3))
        }.first
    }

    package func delete(
        _ document: DocumentID, of user: TenantID
    ) async throws(CatalogueError) -> [String]? {
        try await rows(Query.deleteDocument(document.uuid, user.uuid), from: pool) { row in
            try [row.decode(0, as: String.self), row.decodeIfPresent(1, as: String.self)]
                .compactMap { $0 }
        }.first
    }

    package func blobsAreHeld() async throws(CatalogueError) -> Bool {
        let held = try await rows(Query.blobsAreHeld(), from: pool) { row in
            try row.decode(0, as: Bool.self)
        }
        return held.first ?? false
    }

    package func note(_ event: ParseEvent) async throws(CatalogueError) -> Bool {
        let statement = Query.recordParseEvent(event.id, event.remoteJob, event.name)
        return try await !rows(statement, from: pool) { _ in }.isEmpty
    }

    /// Runs a statement and reads its rows.
    func rows<R>(
        _ statement: PostgresStatement, from pool: PostgresPool? = nil,
        _ read: (PostgresRow) throws -> R
    ) async throws(CatalogueError) -> [R] {
        do {
            return try await (pool ?? lookups).query(statement).map(read)
        } catch {
            throw CatalogueError(error)
        }
    }

    /// Runs the statements of a search as one transaction and reads the rows of the last.
    func searchRows<R>(
        _ statements: [PostgresStatement], _ read: (PostgresRow) throws -> R
    ) async throws(CatalogueError) -> [R] {
        do {
            return try await searches.pipeline(statements).last?.map(read) ?? []
        } catch {
            throw CatalogueError(error)
        }
    }
}

extension CatalogueError {
    init(_ error: any Error) {
        let kind: Kind
        switch error as? PostgresError {
        case let error? where error.kind == .pool: kind = .busy
        case let error? where error.isServerUnavailable: kind = .unavailable
        case let error? where error.sqlState == "57014": kind = .timeout
        // Data exceptions and program limits: the client's values are invalid.
        case let error? where ["22", "54"].contains { error.sqlState?.hasPrefix($0) == true }:
            kind = .refused
        // Lock and serialisation failures: the same request can succeed later.
        case let error? where error.isTransient: kind = .unavailable
        default: kind = .fault
        }
        self.init(kind, reason: "\(error)")
    }
}
