// JobStorePostgres: the delivery protocol in SQL.
//
// Invariants: every write under a claim is fenced by the claim's random token in the same
// statement. Outputs and transition share a transaction. Predicates use the server's clock.
// Concurrent writes of several jobs share a transaction (Coalescer); each succeeds or fails by
// its own claim. Rows of several jobs are locked in key order.
// Workers' statements are planned once, perhaps while the tables are empty, so each one fixes its
// own index lookups: `= ANY (ARRAY(…))` and `LATERAL (… OFFSET 0)` leave the planner no other plan.
// A claim's token alone proves that its job is in progress. An additional `state = 'working'` could
// make the planner scan all working jobs.
// Neighbours: the ports of Pipeline above, the Postgres client below. Triggers in the database
// (Migrations/0002_transitions.sql) write the events and set the columns that follow from a
// transition, so the statements on jobs do not.

import Concurrency
import Domain
import Pipeline
package import Postgres

/// The job store in PostgreSQL.
package struct PostgresJobStore: Sendable {
    let pool: PostgresPool
    let session: WorkerSession?
    let writes: GroupedWrites

    /// - Parameter session: the session of this process, whose claims end when the process dies.
    ///   Without one they end with their leases.
    package init(pool: PostgresPool, session: WorkerSession? = nil) {
        self.pool = pool
        self.session = session
        writes = GroupedWrites(pool)
    }

    func query(_ statement: PostgresStatement) async throws(JobFailure) -> PostgresRows {
        try await pool.run(statement)
    }

    /// Decodes rows. A row that does not decode means that the schema does not match.
    func decode<R>(
        _ rows: PostgresRows, _ read: (PostgresRow) throws -> R
    ) throws(JobFailure) -> [R] {
        do {
            return try rows.map(read)
        } catch {
            throw JobFailure(store: error)
        }
    }
}

/// The group commits that all jobs of the process share, one per kind of write.
final class GroupedWrites: Sendable {
    let advances: JobWrites<Advance, Void>
    let parsedTexts: JobWrites<CompletedParse, Void>
    let chunkings: JobWrites<CompletedChunking, Void>
    let beginnings: JobWrites<EmbeddingBeginning, [PendingChunk]>
    let pendings: JobWrites<PendingChunks, [PendingChunk]>
    let vectors: JobWrites<StagedVectors, Bool>
    let embeddings: JobWrites<Claim, Bool>
    let flushes: JobWrites<ClaimedJob, Int>
    /// Limits how many documents are flushed in slices at the same time.
    let longFlushes = AsyncSemaphore(permits: 2)

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
    /// Runs a statement; an error becomes a job failure.
    func run(_ statement: PostgresStatement) async throws(JobFailure) -> PostgresRows {
        do {
            return try await query(statement)
        } catch {
            throw JobFailure(store: error)
        }
    }

    /// Runs statements as one transaction in one round trip.
    func runTogether(
        _ statements: [PostgresStatement]
    ) async throws(JobFailure) -> [PostgresRows] {
        do {
            return try await pipeline(statements)
        } catch {
            throw JobFailure(store: error)
        }
    }

    /// Runs a transaction; an error thrown by `body` rolls it back.
    func runTransaction<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(JobFailure) -> R {
        try await failing { try await transaction(body) }
    }

    /// Lends a connection to `body`, which may throw a job failure of its own.
    func runOnConnection<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(JobFailure) -> R {
        try await failing { try await withConnection(body) }
    }

    private func failing<R>(_ body: () async throws -> R) async throws(JobFailure) -> R {
        do {
            return try await body()
        } catch let failure as JobFailure {
            throw failure
        } catch {
            throw JobFailure(store: error)
        }
    }
}

extension PostgresRows {
    /// The jobs in the first column.
    func jobs() throws(JobFailure) -> Set<JobID> {
        do {
            return Set(try map { JobID(try $0.decode(0)) })
        } catch {
            throw JobFailure(store: error)
        }
    }
}

extension JobFailure {
    /// Translates an error of the store, which is rarely a fault of the job:
    /// - `rejected`: the schema rejects the data. Permanent.
    /// - `schemaMismatch`: this program cannot read the answer. The job waits, and loses no
    ///   attempt, until the program and the schema are of one version.
    /// - `unavailable`: any statement would fail now. Transient.
    /// - `statementFailed`: this statement failed now. Transient.
    init(store error: any Error) {
        switch error {
        case let failure as JobFailure: self = failure
        case let error as PostgresError: self.init(postgres: error)
        default: self = .transient(.database(.statementFailed), "\(error)")
        }
    }

    private init(postgres error: PostgresError) {
        if error.kind == .decoding {
            self = .schemaMismatch("\(error)")
        } else if ["22", "23"].contains(where: { error.sqlState?.hasPrefix($0) == true }) {
            self = .permanent(.database(.rejected), "\(error)")
        } else if error.affectsEveryStatement {
            self = .transient(.database(.unavailable), "\(error)")
        } else {
            self = .transient(.database(.statementFailed), "\(error)")
        }
    }

    /// The database holds a value that this program does not understand.
    static func schemaMismatch(_ fault: String) -> JobFailure {
        .unavailable(
            .database(.schemaMismatch),
            "the schema does not match this program: \(fault). Run 'millrace migrate' with the "
                + "newest version, and this version of every program.")
    }

    /// Whether the other writes of a set would fail in the same way. A row that does not decode
    /// fails alone.
    var failsWholeBatch: Bool { code == .database(.unavailable) }
}

extension Duration {
    /// Seconds, the unit of `make_interval`.
    var inSeconds: Double { self / .seconds(1) }
}
