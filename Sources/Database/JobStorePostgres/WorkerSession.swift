package import Logging
package import Postgres
import Synchronization

/// A database session that lives as long as this process and holds an advisory lock of its own.
///
/// Claims name the lock's key. When the process dies, the server releases the lock, and the
/// reconciler ends the claims that name it (`end_dead_claims.sql`). While the session is not
/// connected, claims name no key and end with their leases.
package final class WorkerSession: Sendable {
    private let pool: PostgresPool
    private let key = Int64.random(in: .min ... .max)
    private let isHeld = Mutex(false)
    private let logger: Logger

    /// Interval of the query that checks the session. A closed connection is noticed at once, an
    /// unreachable server within the pool's `readTimeout`. The check also finds a proxy that lost
    /// the server. Interval, `readTimeout` and pause together are shorter than the time that the
    /// reconciler waits for a session to come back.
    private static let checkInterval = Duration.seconds(2)
    /// Interval for a server on this machine, with no network and hardly ever a proxy in between.
    private static let localCheckInterval = Duration.seconds(15)
    private static let reconnectPause = Duration.milliseconds(500)

    /// - Parameter pool: a pool of one connection for this session alone, with a `readTimeout` of
    ///   at most 2 s. The caller closes it.
    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// The lock's key; `nil` while the lock is not held.
    var heldKey: Int64? { isHeld.withLock { $0 } ? key : nil }

    /// Holds the lock until the task is cancelled; acquires it again after a lost connection.
    package func hold() async {
        while !Task.isCancelled {
            do {
                try await pool.withConnection { connection in
                    let lock = PostgresStatement("SELECT pg_try_advisory_lock($1)", key)
                    // False until the server notices that the last connection is gone.
                    guard try await connection.query(lock).first?.decode(0) == true else { return }
                    isHeld.withLock { $0 = true }
                    let interval =
                        await connection.isLocal ? Self.localCheckInterval : Self.checkInterval
                    while true {
                        await connection.waitUntilClosed(within: interval)
                        _ = try await connection.query(PostgresStatement("SELECT 1"))
                    }
                }
            } catch {
                logger.debug("worker session lost", metadata: ["error": "\(error)"])
            }
            isHeld.withLock { $0 = false }
            // Throws only when cancelled, which ends the loop as well.
            try? await Task.sleep(for: Self.reconnectPause)
        }
    }
}
