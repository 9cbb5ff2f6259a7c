import Postgres
import Synchronization

/// Counts sessions that wait for locks, by sampling.
final class LockWatch: Sendable {
    struct Count: Sendable {
        var samples = 0
        /// Waiting sessions, counted once per sample, by what they wait for.
        var waits: [String: Int] = [:]

        var text: String {
            let kinds = waits.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            let found = kinds.isEmpty ? "none" : kinds.joined(separator: ", ")
            return "\(found) in \(samples) samples"
        }
    }

    private let pool: PostgresPool
    private let isStopped = Atomic(false)
    private static let pause = Duration.milliseconds(10)

    init(url: String) {
        pool = PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 1))
    }

    /// Samples until `stop` is called.
    func run() async throws -> Count {
        var count = Count()
        let waiting = PostgresStatement(
            """
            SELECT wait_event || ' in ' || coalesce(substring(query FROM '^-- ([^.,;\n]*)'),
                left(query, 60)), count(*)
            FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' GROUP BY 1
            """)
        while !isStopped.load(ordering: .relaxed) {
            for row in try await pool.query(waiting) {
                count.waits[try row.decode(0), default: 0] += try row.decode(1, as: Int.self)
            }
            count.samples += 1
            try await Task.sleep(for: Self.pause)
        }
        await pool.close()
        return count
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}
