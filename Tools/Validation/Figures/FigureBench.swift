import CataloguePostgres
import Domain
import FoundationEssentials
import JobStorePostgres
import Postgres
import TestCluster

/// Runs shipped statements over one session, configured like a worker's, and reads the time of each
/// from the server's log.
@MainActor
final class FigureBench {
    typealias Jobs = JobStorePostgres.Query
    typealias Catalogue = CataloguePostgres.Query

    /// A job that the statements move.
    final class Job {
        let id = UUID()
        let document = UUID()
        let user: UUID
        let chunks: Int
        var claim: UUID?

        init(user: UUID, chunks: Int) {
            self.user = user
            self.chunks = chunks
        }
    }

    let pool: PostgresPool
    private let log: ServerLog
    private(set) var figures: [Figure] = []
    private var jobs: [UUID: Job] = [:]

    init(url: String, log: ServerLog) {
        pool = WriteMethods.session(url)
        self.log = log
    }

    func add(_ figure: Figure) { figures.append(figure) }

    func makeJobs(_ count: Int, chunks: Int) -> [Job] {
        let users = (0..<50).map { _ in UUID() }
        let made = (0..<count).map { Job(user: users[$0 % 50], chunks: chunks) }
        for job in made { jobs[job.id] = job }
        return made
    }

    /// Runs a statement for each batch. Returns the milliseconds of the calls.
    @discardableResult
    func run(
        _ batches: [[Job]], _ statement: ([Job]) -> PostgresStatement
    ) async throws -> Quantiles {
        let start = log.position()
        var text = ""
        for batch in batches {
            let statement = statement(batch)
            text = statement.sql
            _ = try await pool.query(statement)
        }
        return try times(of: text, since: start)
    }

    /// - Throws: `TrialFailure` when the server's log has no call of the statement.
    func times(of sql: String, since position: Int) throws -> Quantiles {
        let head = String(sql.prefix { $0 != "\n" })
        guard let times = log.calls(since: position)[head], !times.isEmpty else {
            throw TrialFailure("the server's log has no call of: \(head)")
        }
        return times.quantiles
    }

    func position() -> Int { log.position() }

    /// Runs statements that claim jobs, and stores the claims' tokens.
    func claim(
        _ batches: [[Job]], _ statement: ([Job]) -> PostgresStatement
    ) async throws -> Quantiles {
        let start = log.position()
        var text = ""
        for batch in batches {
            let statement = statement(batch)
            text = statement.sql
            let rows = try await pool.query(statement)
            guard rows.count == batch.count else {
                throw TrialFailure("claimed \(rows.count) jobs of \(batch.count)")
            }
            for row in rows { jobs[try row.decode(0)]?.claim = try row.decode(1) }
        }
        return try times(of: text, since: start)
    }

    /// Claims jobs from the table, up to `size` at a time, `times` times or until none waits.
    func claimWaiting(
        _ size: Int, from queue: WorkQueue, times: Int = .max
    ) async throws -> Quantiles {
        let start = log.position()
        let statement = Self.claimWaiting(size, queue)
        for _ in 0..<times {
            let rows = try await pool.query(statement)
            guard !rows.isEmpty else { break }
            for row in rows { jobs[try row.decode(0)]?.claim = try row.decode(1) }
        }
        return try self.times(of: statement.sql, since: start)
    }

    /// Milliseconds that EXPLAIN ANALYZE reports for the trigger that writes the events, per call.
    func triggerTimes(
        _ batches: [[Job]], _ statement: ([Job]) -> PostgresStatement
    ) async throws -> Quantiles {
        var times: [Double] = []
        for batch in batches {
            let shipped = statement(batch)
            let rows = try await pool.query(
                PostgresStatement(
                    sql: "EXPLAIN (ANALYZE) " + shipped.sql, parameters: shipped.parameters))
            for row in rows {
                let line: String = try row.decode(0)
                guard line.contains("Trigger record_transitions"),
                    let time = line.firstRange(of: "time=")
                else { continue }
                let number = line[time.upperBound...].prefix { $0 != " " }
                if let milliseconds = Double(number) { times.append(milliseconds) }
            }
        }
        guard times.count >= batches.count else {
            throw TrialFailure(
                "EXPLAIN names the trigger \(times.count) times, not \(batches.count)")
        }
        return times.quantiles
    }
}

extension [FigureBench.Job] {
    var ids: [UUID] { map(\.id) }
    var documents: [UUID] { map(\.document) }
    var tokens: [UUID] { compactMap(\.claim) }

    func batches(of size: Int) -> [[FigureBench.Job]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
