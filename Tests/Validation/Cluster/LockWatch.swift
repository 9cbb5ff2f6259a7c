import Postgres
import Synchronization

/// Counts sessions that wait for locks, by looking again and again.
final class LockWatch: Sendable {
    struct Count: Sendable {
        var samples = 0
        /// Sessions seen waiting, each as often as it was seen.
        var waits = 0
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
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)
        while !isStopped.load(ordering: .relaxed) {
            for row in try await pool.query(waiting) { count.waits += try row.decode(0) }
            count.samples += 1
            try await Task.sleep(for: Self.pause)
        }
        await pool.close()
        return count
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}
