// JobStorePostgres: the delivery protocol in SQL.
//
// Invariants: every write under a claim is fenced by the claim's random token in the same
// statement; outputs and transition share a transaction; predicates use the server's clock. Writes
// of several jobs share a transaction when they come at once (GroupCommit): each of them holds or
// is lost by its own claim. Rows of several jobs are locked in key order. Workers' statements are
// planned once, perhaps while the tables are empty, so each says itself what it looks up by which
// key: `= ANY (ARRAY(…))` and `LATERAL (… OFFSET 0)` leave the planner no other way. A claim's token
// alone tells that its job is being worked on; `state = 'working'` beside it would invite a walk
// over all working jobs.
// Neighbours: the ports of Pipeline above, the Postgres client below. Events are written by the
// database's own trigger, so no statement here mentions them.

import Domain
import Pipeline
package import Postgres

/// Job rows in PostgreSQL.
package struct PostgresJobStore: Sendable {
    let pool: PostgresPool
    let session: WorkerSession?
    let writes: GroupedWrites

    /// - Parameter session: the session of this process, for claims that end when it dies; without
    ///   one they end with their leases.
    package init(pool: PostgresPool, session: WorkerSession? = nil) {
        self.pool = pool
        self.session = session
        writes = GroupedWrites(pool)
    }

    func query(_ statement: PostgresStatement) async throws(StageFailure) -> PostgresRows {
        try await pool.run(statement)
    }

    /// Decodes rows; a row that does not decode is a fault of the schema.
    func decode<R>(
        _ rows: PostgresRows, _ read: (PostgresRow) throws -> R
    ) throws(StageFailure) -> [R] {
        do {
            return try rows.map(read)
        } catch {
            throw StageFailure(store: error)
        }
    }
}

/// What several jobs share when they come at once.
final class GroupedWrites: Sendable {
    let advances: JobWrites<Advance, Void>
    let parsedTexts: JobWrites<CompletedParse, Void>
    let chunkings: JobWrites<CompletedChunking, Void>
    let beginnings: JobWrites<EmbeddingBeginning, [PendingChunk]>
    let pendings: JobWrites<PendingChunks, [PendingChunk]>
    let vectors: JobWrites<StagedVectors, Bool>
    let embeddings: JobWrites<Claim, Bool>
    let flushes: JobWrites<ClaimedJob, Int>
    /// Places for documents that are flushed in slices.
    let longFlushes = Slots(2)

    init(_ pool: PostgresPool) {
        advances = PostgresJobStore.advances(pool)
        parsedTexts = PostgresJobStore.parsedTexts(pool)
        chunkings = PostgresJobStore.chunkings(pool)
        beginnings = PostgresJobStore.beginnings(pool)
        pendings = PostgresJobStore.pendings(pool)
        vectors = PostgresJobStore.vectors(pool)
        embeddings = PostgresJobStore.embeddings(pool)
        flushes = PostgresJobStore.flushes(pool)
    }
}

extension PostgresPool {
    /// Runs a statement; a server's refusal becomes a stage failure.
    func run(_ statement: PostgresStatement) async throws(StageFailure) -> PostgresRows {
        do {
            return try await query(statement)
        } catch {
            throw StageFailure(store: error)
        }
    }

    /// Runs statements as one transaction, without waiting for their answers in between.
    func runTogether(
        _ statements: [PostgresStatement]
    ) async throws(StageFailure) -> [PostgresRows] {
        do {
            return try await pipeline(statements)
        } catch {
            throw StageFailure(store: error)
        }
    }

    /// Runs a transaction; whatever is thrown inside rolls it back.
    func runTransaction<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(StageFailure) -> R {
        try await failing { try await transaction(body) }
    }

    /// Lends a connection; `body` may throw a failure of its own.
    func runOnConnection<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(StageFailure) -> R {
        try await failing { try await withConnection(body) }
    }

    private func failing<R>(_ body: () async throws -> R) async throws(StageFailure) -> R {
        do {
            return try await body()
        } catch let failure as StageFailure {
            throw failure
        } catch {
            throw StageFailure(store: error)
        }
    }
}

extension PostgresRows {
    /// The jobs in the first column.
    func jobs() throws(StageFailure) -> Set<JobID> {
        do {
            return Set(try map { JobID(try $0.decode(0)) })
        } catch {
            throw StageFailure(store: error)
        }
    }
}

extension StageFailure {
    /// Store trouble is transient: the job is not at fault. Data that the schema refuses is not.
    /// `store_unavailable` would meet any statement now; `store_refused` met this one.
    init(store error: any Error) {
        if let failure = error as? StageFailure {
            self = failure
        } else if let error = error as? PostgresError, let state = error.sqlState,
            state.hasPrefix("22") || state.hasPrefix("23")
        {
            self = .permanent("refused_by_database", "\(error)")
        } else {
            let meetsAll = (error as? PostgresError)?.isOfTheServer ?? false
            self = .transient(meetsAll ? "store_unavailable" : "store_refused", "\(error)")
        }
    }
}

extension Duration {
    /// Seconds, as `make_interval` takes them.
    var inSeconds: Double { self / .seconds(1) }
}
