// Postgres: a typed, asynchronous client over libpq.
//
// Invariants: a connection has one holder at a time. Only the event loop's thread uses a libpq
// connection; blocking calls (connect, cancel) run on threads of their own. A returned connection
// that is not idle and intact is discarded.
// Neighbours: libpq below; the SQL adapters above.

import CLibPQ
import FailPoints
import Glibc
import Synchronization

/// A bounded set of connections to one server.
package final class PostgresPool: Sendable {
    private struct State {
        var idle: [PostgresConnection] = []
        var count = 0
        var waiters: [(id: Int, continuation: CheckedContinuation<Turn, Never>)] = []
        var lastWaiter = 0
        var isClosed = false
    }

    /// The result with which a waiter resumes.
    private enum Turn: Sendable {
        case connection(PostgresConnection)
        /// A free slot; the waiter opens a connection.
        case room
        case timeout, cancelled, closed
    }

    package let configuration: PostgresConfiguration
    private let state = Mutex(State())
    private let loop = EventLoop()
    /// Opens connections, which blocks up to the connect timeout.
    private let connecting = EventLoop()
    /// Runs `PQcancel`, which may block for longer.
    private let cancelling = EventLoop()

    package init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        _ = OpenSSL.isKeptUntilExit
    }

    deinit {
        loop.stop()
        connecting.stop()
        cancelling.stop()
    }

    /// Runs one statement on any connection.
    package func query(_ statement: PostgresStatement) async throws(PostgresError) -> PostgresRows {
        let connection = try await acquire()
        let outcome: Result<PostgresRows, PostgresError>
        do throws(PostgresError) {
            outcome = .success(try await connection.query(statement))
        } catch {
            outcome = .failure(error)
        }
        await release(connection)
        return try outcome.get()
    }

    /// Runs statements with one round trip, all or nothing.
    package func pipeline(
        _ statements: [PostgresStatement]
    ) async throws(PostgresError) -> [PostgresRows] {
        let connection = try await acquire()
        let outcome: Result<[PostgresRows], PostgresError>
        do throws(PostgresError) {
            outcome = .success(try await connection.pipeline(statements))
        } catch {
            outcome = .failure(error)
        }
        await release(connection)
        return try outcome.get()
    }

    /// Lends a connection to `body`.
    package func withConnection<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire()
        do {
            let value = try await body(connection)
            await release(connection)
            return value
        } catch {
            await release(connection)
            throw error
        }
    }

    /// Runs a transaction: committed when `body` returns, rolled back when it throws.
    package func transaction<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await withConnection { connection in
            _ = try await connection.query(PostgresStatement("BEGIN"))
            do {
                let value = try await body(connection)
                FailPoint.pass(.before, "commit")
                _ = try await connection.query(PostgresStatement("COMMIT"))
                FailPoint.pass(.after, "commit")
                return value
            } catch {
                // If this fails too, the connection is not idle and is discarded. The server then
                // rolls back.
                _ = try? await connection.query(PostgresStatement("ROLLBACK"))
                throw error
            }
        }
    }

    /// Closes idle connections now and lent ones when they are returned. New calls fail.
    package func close() async {
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.waiters = []
            }
            return (state.idle, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .closed) }
        for connection in idle { await connection.close() }
    }

    // MARK: Lending

    private func acquire() async throws(PostgresError) -> PostgresConnection {
        let deadline = ContinuousClock.now + configuration.acquireTimeout
        while true {
            switch await turn(deadline) {
            case .connection(let connection):
                if await connection.isUsable { return connection }
                await discard(connection)
            case .room:
                do throws(PostgresError) {
                    return try await connect()
                } catch {
                    giveUpRoom()
                    throw error
                }
            case .timeout:
                throw PostgresError(
                    .pool,
                    "no connection became free within \(configuration.acquireTimeout)")
            case .cancelled: throw PostgresError(.cancelled, "the task was cancelled")
            case .closed: throw PostgresError(.pool, "the pool is closed")
            }
        }
    }

    private func turn(_ deadline: ContinuousClock.Instant) async -> Turn {
        let id: Int
        switch takeNow() {
        case .now(let turn): return turn
        case .wait(let waiter): id = waiter
        }
        let timer = Task { [self] in
            do {
                try await Task.sleep(until: deadline, clock: .continuous)
                wake(id, .timeout)
            } catch {}
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let turn = park(id, continuation) { continuation.resume(returning: turn) }
            }
        } onCancel: {
            wake(id, .cancelled)
        }
    }

    private enum Take { case now(Turn), wait(Int) }

    private func takeNow() -> Take {
        state.withLock { state in
            if state.isClosed { return .now(.closed) }
            if let connection = state.idle.popLast() { return .now(.connection(connection)) }
            if state.count < configuration.connectionsMax {
                state.count += 1
                return .now(.room)
            }
            state.lastWaiter += 1
            return .wait(state.lastWaiter)
        }
    }

    /// Queues a waiter, unless a connection or slot has become free in the meantime.
    private func park(_ id: Int, _ continuation: CheckedContinuation<Turn, Never>) -> Turn? {
        state.withLock { state in
            if state.isClosed { return .closed }
            if Task.isCancelled { return .cancelled }
            if let connection = state.idle.popLast() { return .connection(connection) }
            if state.count < configuration.connectionsMax {
                state.count += 1
                return .room
            }
            state.waiters.append((id, continuation))
            return nil
        }
    }

    private func wake(_ id: Int, _ turn: Turn) {
        let continuation = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map {
                state.waiters.remove(at: $0).continuation
            }
        }
        continuation?.resume(returning: turn)
    }

    private func release(_ connection: PostgresConnection) async {
        guard await connection.isUsable else { return await discard(connection) }
        let outcome = state.withLock { state -> CheckedContinuation<Turn, Never>?? in
            if state.isClosed {
                state.count -= 1
                return .some(nil)
            }
            guard !state.waiters.isEmpty else {
                state.idle.append(connection)
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        switch outcome {
        case .none: break
        case .some(nil): await connection.close()
        case .some(let waiter?): waiter.resume(returning: .connection(connection))
        }
    }

    private func discard(_ connection: PostgresConnection) async {
        await connection.close()
        giveUpRoom()
    }

    private func giveUpRoom() {
        let waiter = state.withLock { state -> CheckedContinuation<Turn, Never>? in
            guard !state.waiters.isEmpty else {
                state.count -= 1
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        waiter?.resume(returning: .room)
    }

    // MARK: Connecting

    private func connect() async throws(PostgresError) -> PostgresConnection {
        let configuration = configuration
        let notices = NoticeReceiver(configuration.onNotice)
        let opened: Result<ConnectionHandle, PostgresError> = await withTaskExecutorPreference(
            connecting
        ) {
            Self.open(configuration, notices)
        }
        let connection = PostgresConnection(
            try opened.get(), loop: loop, cancelling: cancelling, notices: notices,
            readTimeout: configuration.readTimeout)
        await connection.start()
        do {
            _ = try await connection.query(
                PostgresStatement(
                    """
                    SELECT set_config('statement_timeout', $1, false),
                        set_config('idle_in_transaction_session_timeout', $2, false),
                        set_config('lock_timeout', $3, false),
                        set_config('plan_cache_mode', $4, false),
                        set_config('enable_seqscan', $5, false)
                    """, configuration.statementTimeout.asSetting,
                    configuration.idleTransactionTimeout.asSetting,
                    configuration.lockTimeout.asSetting,
                    configuration.plansOnce ? "force_generic_plan" : "auto",
                    configuration.plansOnce ? "off" : "on"))
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// Opens a connection. Blocks for the name lookup, then at most the connect timeout.
    private static func open(
        _ configuration: PostgresConfiguration, _ notices: NoticeReceiver
    ) -> Result<ConnectionHandle, PostgresError> {
        let seconds = max(1, Int(configuration.connectTimeout / .seconds(1)))
        // A second longer than the limit for a pending response, which fires first; at most 30 s.
        let readTimeout = min(configuration.readTimeout + .seconds(1), .seconds(30))
        let keepalive = max(1, Int(readTimeout / .seconds(2)))
        // In libpq later entries win, so the operator's own settings come last.
        let settings = [
            ("connect_timeout", "\(seconds)"), ("keepalives_idle", "\(keepalive)"),
            ("keepalives_interval", "\(keepalive)"), ("tcp_user_timeout", readTimeout.asSetting),
            ("client_encoding", "UTF8"),
            ("fallback_application_name", configuration.applicationName),
            ("dbname", configuration.conninfo),
        ]
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { for text in keys + values { free(text) } }
        let pointer = PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let pointer else {
            return .failure(PostgresError(.connection, "out of memory"))
        }
        guard PQstatus(pointer) == CONNECTION_OK else {
            defer { PQfinish(pointer) }
            return .failure(PostgresError(connection: pointer))
        }
        notices.attach(to: pointer)
        return .success(ConnectionHandle(pointer: pointer))
    }
}

extension Duration {
    /// Milliseconds, the unit of PostgreSQL's and libpq's timeout settings.
    fileprivate var asSetting: String { "\(Int(self / .milliseconds(1)))" }
}
