// Postgres: a typed, asynchronous client over libpq.
//
// Invariants: a connection has one holder at a time. Only the event loop's thread uses a libpq
// connection; blocking calls (connect, cancel) run on threads of their own. A returned connection
// that is not idle and intact is closed.
// Neighbours: libpq below; the SQL adapters above.

import FailPoints
import Synchronization

/// A bounded set of connections to one server.
///
/// `PoolState` decides what to do; this class does it.
package final class PostgresPool: Sendable {
    private typealias Pool = PoolState<PostgresConnection>

    private struct State {
        var pool: Pool
        /// The waiters in `pool`'s queue.
        var waiting: [Pool.WaiterID: Waiter] = [:]
        var lastWaiter = 0
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Pool.Answer, Never>
        /// Refuses the waiter when its time is over.
        let timer: Task<Void, Never>
    }

    package let configuration: PostgresConfiguration
    private let state: Mutex<State>
    private let loop = EventLoop()

    package init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        state = Mutex(State(pool: Pool(connectionsMax: configuration.connectionsMax)))
        _ = OpenSSL.isKeptUntilExit
    }

    deinit { loop.stop() }

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
                // If this fails too, the connection is not idle and is closed. The server then
                // rolls back.
                _ = try? await connection.query(PostgresStatement("ROLLBACK"))
                throw error
            }
        }
    }

    /// Closes idle connections now and lent ones when they are returned. New calls fail.
    package func close() async {
        await perform { $0.close() }
    }

    // MARK: Lending

    private func acquire() async throws(PostgresError) -> PostgresConnection {
        var answer = await nextAnswer()
        if case .use(let connection) = answer {
            if await connection.isUsable { return connection }
            await connection.close()
            answer = state.withLock { $0.pool.reopen() }
        }
        switch answer {
        case .use(let connection): return connection
        case .open: return try await open()
        case .refused(.timedOut):
            throw PostgresError(
                .pool,
                "none of the \(configuration.connectionsMax) connections became free within "
                    + "\(configuration.acquireTimeout)")
        case .refused(.cancelled): throw PostgresError(.cancelled, "the task was cancelled")
        case .refused(.closed): throw PostgresError(.pool, "the pool is closed")
        }
    }

    private func open() async throws(PostgresError) -> PostgresConnection {
        do throws(PostgresError) {
            let connection = try await PostgresConnection.open(configuration, on: loop)
            state.withLock { $0.pool.opened() }
            return connection
        } catch {
            await perform { $0.openFailed() }
            throw error
        }
    }

    private func release(_ connection: PostgresConnection) async {
        let isUsable = await connection.isUsable
        await perform { $0.release(connection, isUsable: isUsable) }
    }

    private func nextAnswer() async -> Pool.Answer {
        if let answer = state.withLock({ $0.pool.take() }) { return answer }
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let answer = enqueue(id, continuation) { continuation.resume(returning: answer) }
            }
        } onCancel: {
            refuse(id, as: .cancelled)
        }
    }

    /// Adds a waiter to the queue, unless a connection has become free in the meantime.
    private func enqueue(
        _ id: Pool.WaiterID, _ continuation: CheckedContinuation<Pool.Answer, Never>
    ) -> Pool.Answer? {
        state.withLock { state in
            // Under the lock: a later cancellation finds the waiter in the queue.
            if Task.isCancelled { return .refused(.cancelled) }
            if let answer = state.pool.enqueue(id) { return answer }
            let limit = configuration.acquireTimeout
            let timer = Task { [weak self] in
                do { try await Task.sleep(for: limit) } catch { return }
                self?.refuse(id, as: .timedOut)
            }
            state.waiting[id] = Waiter(continuation: continuation, timer: timer)
            return nil
        }
    }

    private func refuse(_ id: Pool.WaiterID, as refusal: Pool.Refusal) {
        let (waiters, _) = apply { $0.refuse(id, as: refusal) }
        for (waiter, answer) in waiters { waiter.continuation.resume(returning: answer) }
    }

    /// Changes the state and performs the action: resumes waiters, then closes connections. The
    /// place of each closed connection goes to the next waiter.
    private func perform(_ change: (inout Pool) -> Pool.Action) async {
        let (waiters, closing) = apply(change)
        for (waiter, answer) in waiters { waiter.continuation.resume(returning: answer) }
        for connection in closing {
            await connection.close()
            await perform { $0.closed() }
        }
    }

    /// Changes the state. Returns the waiters to resume and the connections to close.
    private func apply(
        _ change: (inout Pool) -> Pool.Action
    ) -> (waiters: [(Waiter, Pool.Answer)], closing: [PostgresConnection]) {
        state.withLock { state in
            let action = change(&state.pool)
            let waiters = action.answers.compactMap { id, answer in
                state.waiting.removeValue(forKey: id).map { ($0, answer) }
            }
            for (waiter, _) in waiters { waiter.timer.cancel() }
            return (waiters, action.closing)
        }
    }
}
