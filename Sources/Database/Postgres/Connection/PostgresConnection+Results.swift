import CLibPQ

/// Sends commands and reads their results, without blocking.
extension PostgresConnection {
    func prepare(
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

    func send(_ name: String, _ parameters: PackedParameters) throws(PostgresError) {
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw broken() }
    }

    /// Reads all results of a command, then throws the first error if there was one.
    func results() async throws(PostgresError) -> [PostgresRows] {
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

    func pipelineResults(_ count: Int) async throws(PostgresError) -> [PostgresRows] {
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

    func drain() async throws(PostgresError) {
        while let result = try await nextResult() { PQclear(result) }
    }

    func nextResult() async throws(PostgresError) -> OpaquePointer? {
        try await flush()
        while connection != nil, PQisBusy(connection) == 1 {
            await waitUntilReady()
            guard connection != nil, consumeInput() else { throw broken() }
        }
        guard connection != nil else { throw broken() }
        return PQgetResult(connection)
    }

    func flush() async throws(PostgresError) {
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
}
