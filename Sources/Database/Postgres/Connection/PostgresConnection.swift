import CLibPQ
import FailPoints
import Synchronization

/// One connection: non-blocking libpq in an actor on the event loop's thread.
///
/// One caller holds it at a time, so a cancelled task can only cancel its own statement. Statements
/// are prepared on first use and cached; the least recently used one is evicted.
package actor PostgresConnection {
    nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let canceller: StatementCanceller
    private(set) var connection: OpaquePointer?
    private(set) var descriptor: Int32 = -1
    var prepared = PreparedStatements(capacity: 256)
    private var ready: CheckedContinuation<Void, Never>?
    private(set) var vectorType: UInt32?
    private let notices: NoticeReceiver
    private let readTimeout: Duration
    private var wasSilent = false

    /// Takes ownership of a newly opened connection, which is still blocking.
    init(
        _ handle: ConnectionHandle, loop: EventLoop, notices: NoticeReceiver,
        readTimeout: Duration
    ) {
        self.loop = loop
        self.notices = notices
        self.readTimeout = readTimeout
        connection = handle.pointer
        canceller = StatementCanceller(
            handle, settleTimeout: min(readTimeout, .seconds(10)))
    }

    func start() {
        PQsetnonblocking(connection, 1)
        descriptor = PQsocket(connection)
        loop.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.socketIsReady() } }
    }

    var isUsable: Bool {
        guard let connection else { return false }
        return PQstatus(connection) == CONNECTION_OK
            && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// Whether the server is on this machine, by its address.
    package var isLocal: Bool {
        guard let connection, let address = PQhostaddr(connection) else { return false }
        let text = String(cString: address)
        // Empty, or a path: a Unix socket.
        return text.isEmpty || text.hasPrefix("/") || text.hasPrefix("127.") || text == "::1"
    }

    func close() {
        guard let open = connection else { return }
        unwatch()
        connection = nil
        PQfinish(open)
        resumeReady()
    }

    // MARK: Statements

    /// Runs one statement.
    package func query(_ statement: PostgresStatement) async throws(PostgresError) -> PostgresRows {
        try await learnVectorType(for: [statement])
        return try await cancellable { () async throws(PostgresError) in
            let parameters = PackedParameters(
                statement.parameters, vectorType: vectorType ?? 0)
            let name = try await prepare(statement.sql, parameters.types)
            FailPoint.pass(.before, statement.step)
            try send(name, parameters)
            let rows = try await results().last!
            if rows.affectedRows > 0 { FailPoint.pass(.after, statement.step) }
            return rows
        }
    }

    /// Runs statements with one round trip, as one implicit transaction: all or nothing.
    package func pipeline(
        _ statements: [PostgresStatement]
    ) async throws(PostgresError) -> [PostgresRows] {
        guard !statements.isEmpty else { return [] }
        try await learnVectorType(for: statements)
        return try await cancellable { () async throws(PostgresError) in
            let parameters = statements.map {
                PackedParameters($0.parameters, vectorType: vectorType ?? 0)
            }
            var names: [String] = []
            for (statement, parameters) in zip(statements, parameters) {
                names.append(try await prepare(statement.sql, parameters.types))
            }
            guard PQenterPipelineMode(connection) == 1 else { throw broken() }
            defer { PQexitPipelineMode(connection) }
            for (name, parameters) in zip(names, parameters) { try send(name, parameters) }
            // The fail points are named after the last statement, which hands the job on.
            FailPoint.pass(.before, statements.last?.step)
            guard PQpipelineSync(connection) == 1 else { throw broken() }
            let rows = try await pipelineResults(statements.count)
            FailPoint.pass(.after, statements.last?.step)
            return rows
        }
    }

    /// Runs a script of several statements with the simple query protocol.
    package func executeScript(_ sql: String) async throws(PostgresError) {
        try await cancellable { () async throws(PostgresError) in
            guard PQsendQuery(connection, sql) == 1 else { throw broken() }
            _ = try await results()
        }
    }

    /// Returns when the connection ends, after `limit`, or when the task is cancelled.
    ///
    /// Sends nothing. The kernel's keepalives detect an unreachable server.
    package func waitUntilClosed(within limit: Duration) async {
        let timeout = Task { [weak self] in
            // Throws only when cancelled, which ends the wait as well.
            try? await Task.sleep(for: limit)
            await self?.resumeReady()
        }
        defer { timeout.cancel() }
        guard descriptor >= 0, connection != nil, consumeInput() else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { ready = $0 }
        } onCancel: {
            timeout.cancel()
        }
    }

    // MARK: The socket

    /// Waits at most `readTimeout`; then the server is frozen or unreachable and the connection is
    /// closed.
    func waitUntilReady() async {
        guard descriptor >= 0 else { return }
        loop.expect(descriptor, within: readTimeout) { [weak self] in
            self?.assumeIsolated { $0.giveUp() }
        }
        await withCheckedContinuation { ready = $0 }
        if descriptor >= 0 { loop.disarmReadTimeout(descriptor) }
    }

    private func giveUp() {
        wasSilent = true
        close()
    }

    private func socketIsReady() {
        if ready == nil { _ = consumeInput() }
        resumeReady()
    }

    /// Returns false when the connection is lost. libpq has then closed its socket, and another
    /// connection may reuse the descriptor at once.
    func consumeInput() -> Bool {
        if PQconsumeInput(connection) == 1 { return true }
        unwatch()
        return false
    }

    private func unwatch() {
        guard descriptor >= 0 else { return }
        loop.unwatch(descriptor)
        descriptor = -1
    }

    private func resumeReady() {
        let waiting = ready
        ready = nil
        waiting?.resume()
    }

    func broken() -> PostgresError {
        guard connection == nil else { return PostgresError(connection: connection) }
        return PostgresError(
            .connection,
            wasSilent
                ? "the server has been silent for \(readTimeout)" : "the connection is closed")
    }

    // MARK: Preparation and cancellation

    private func learnVectorType(
        for statements: [PostgresStatement]
    ) async throws(PostgresError) {
        guard vectorType == nil, statements.contains(where: \.needsVectorType) else { return }
        let rows = try await query(
            PostgresStatement("SELECT oid::int8 FROM pg_type WHERE typname = 'vector' LIMIT 1"))
        guard let row = rows.first else {
            throw PostgresError(
                .server, "the database does not have the extension 'vector'; run 'millrace migrate'"
            )
        }
        vectorType = UInt32(try row.decode(0, as: Int64.self))
    }

    /// Runs `body` and cancels its statement on the server when the task is cancelled.
    func cancellable<R>(
        _ body: () async throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
        let outcome: Result<R, PostgresError> = await withTaskCancellationHandler {
            do throws(PostgresError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            canceller.cancel()
        }
        let settlement = await canceller.settle()
        // A cancel that is still in progress could hit the next statement.
        if settlement == .pending { close() }
        let wasCancelled = settlement != .none
        switch outcome {
        case .success(let value): return value
        case .failure(let error) where wasCancelled && error.sqlState == "57014":
            throw PostgresError(.cancelled, "the task was cancelled", sqlState: "57014")
        case .failure(let error): throw error
        }
    }
}
