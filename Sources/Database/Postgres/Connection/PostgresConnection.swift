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
    private var descriptor: Int32 = -1
    private var prepared = PreparedStatements(capacity: 256)
    private var ready: CheckedContinuation<Void, Never>?
    private var vectorType: UInt32?
    private let notices: NoticeReceiver
    private let readTimeout: Duration
    private var wasSilent = false

    /// Takes ownership of a newly opened connection, which is still blocking.
    init(
        _ handle: ConnectionHandle, loop: EventLoop, cancelling: EventLoop,
        notices: NoticeReceiver, readTimeout: Duration
    ) {
        self.loop = loop
        self.notices = notices
        self.readTimeout = readTimeout
        connection = handle.pointer
        canceller = StatementCanceller(
            handle, on: cancelling, settleTimeout: min(readTimeout, .seconds(10)))
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

    /// Copies rows in with a binary `COPY … FROM STDIN`. `body` fills the writer batch by batch and
    /// returns whether more rows follow.
    ///
    /// - Returns: the number of rows.
    package func copyIn(
        _ statement: PostgresStatement,
        _ body: (inout PostgresCopyWriter) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> Int {
        try await cancellable { () async throws(PostgresError) in
            FailPoint.pass(.before, statement.step)
            guard PQsendQuery(connection, statement.sql) == 1 else { throw broken() }
            guard let opening = try await nextResult() else { throw broken() }
            defer { PQclear(opening) }
            guard PQresultStatus(opening) == PGRES_COPY_IN else {
                let error = PostgresError(result: opening)
                try await drain()
                throw error
            }
            do throws(PostgresError) {
                try await sendRows(body)
            } catch {
                PQputCopyEnd(connection, "the client gave up")
                try await drain()
                throw error
            }
            guard PQputCopyEnd(connection, nil) == 1 else { throw broken() }
            let rows = try await results().last!.affectedRows
            FailPoint.pass(.after, statement.step)
            return rows
        }
    }

    private func sendRows(
        _ body: (inout PostgresCopyWriter) throws(PostgresError) -> Bool
    ) async throws(PostgresError) {
        var writer = PostgresCopyWriter(vectorType: vectorType ?? 0)
        var more = true
        while more {
            more = try body(&writer)
            if !more { writer.finish() }
            while try !put(writer.bytes) {
                try await flush()
            }
            writer.clear()
            try await flush()
        }
    }

    /// Returns false when libpq's buffer is full.
    private func put(_ bytes: [UInt8]) throws(PostgresError) -> Bool {
        let answer = bytes.withUnsafeBytes {
            PQputCopyData(
                connection, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
        }
        guard answer >= 0 else { throw broken() }
        return answer == 1
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

    // MARK: Sending and receiving

    private func prepare(
        _ sql: String, _ types: [UInt32]
    ) async throws(PostgresError) -> String {
        let signature = PreparedStatements.Signature(sql: sql, types: types)
        if let name = prepared.name(of: signature) { return name }
        let (name, evicted) = prepared.reserve(signature)
        if let evicted {
            guard PQsendQuery(connection, "DEALLOCATE \(evicted)") == 1 else { throw broken() }
            _ = try await results()
        }
        guard PQsendPrepare(connection, name, sql, Int32(types.count), types) == 1 else {
            throw broken()
        }
        do throws(PostgresError) {
            _ = try await results()
        } catch {
            prepared.forget(signature)
            throw error
        }
        return name
    }

    private func send(_ name: String, _ parameters: PackedParameters) throws(PostgresError) {
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw broken() }
    }

    /// Reads all results of a command, then throws the first error if there was one.
    private func results() async throws(PostgresError) -> [PostgresRows] {
        var rows: [PostgresRows] = []
        var failure: PostgresError?
        while let result = try await nextResult() {
            switch PQresultStatus(result) {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_COPY_IN, PGRES_COPY_OUT:
                failure = failure ?? PostgresError(result: result)
                PQclear(result)
            default:
                rows.append(PostgresRows(result))
            }
        }
        if let failure { throw failure }
        guard !rows.isEmpty else { throw broken() }
        return rows
    }

    private func pipelineResults(_ count: Int) async throws(PostgresError) -> [PostgresRows] {
        var rows: [PostgresRows] = []
        var failure: PostgresError?
        while true {
            guard let result = try await nextResult() else { continue }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                if let failure { throw failure }
                guard rows.count == count else { throw broken() }
                return rows
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                failure = failure ?? PostgresError(result: result)
                PQclear(result)
                if PQstatus(connection) != CONNECTION_OK { throw failure! }
            default:
                rows.append(PostgresRows(result))
            }
        }
    }

    private func drain() async throws(PostgresError) {
        while let result = try await nextResult() { PQclear(result) }
    }

    private func nextResult() async throws(PostgresError) -> OpaquePointer? {
        try await flush()
        while connection != nil, PQisBusy(connection) == 1 {
            await waitUntilReady()
            guard connection != nil, consumeInput() else { throw broken() }
        }
        guard connection != nil else { throw broken() }
        return PQgetResult(connection)
    }

    private func flush() async throws(PostgresError) {
        while connection != nil {
            let answer = PQflush(connection)
            guard answer >= 0 else { throw broken() }
            guard answer == 1 else { return }
            loop.watchWritable(descriptor, true)
            await waitUntilReady()
            guard connection != nil, descriptor >= 0 else { break }
            loop.watchWritable(descriptor, false)
            // The server may not read further until its own output has been consumed.
            guard consumeInput() else { throw broken() }
        }
        throw broken()
    }

    /// Waits at most `readTimeout`; then the server is frozen or unreachable and the connection is
    /// closed.
    private func waitUntilReady() async {
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
    private func consumeInput() -> Bool {
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

    private func broken() -> PostgresError {
        guard connection == nil else { return PostgresError(connection: connection) }
        return PostgresError(
            .connection,
            wasSilent
                ? "the server has been silent for \(readTimeout)" : "the connection is closed")
    }

    private func learnVectorType(
        for statements: [PostgresStatement]
    ) async throws(PostgresError) {
        guard vectorType == nil, statements.contains(where: \.needsVectorType) else { return }
        let rows = try await query(
            PostgresStatement("SELECT oid::int8 FROM pg_type WHERE typname = 'vector' LIMIT 1"))
        guard let row = rows.first else {
            throw PostgresError(.server, "the database lacks the extension 'vector'")
        }
        vectorType = UInt32(try row.decode(0, as: Int64.self))
    }

    /// Runs `body` and cancels its statement on the server when the task is cancelled.
    private func cancellable<R>(
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
