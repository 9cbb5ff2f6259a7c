import CLibPQ
import FailPoints

extension PostgresConnection {
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
                PQputCopyEnd(connection, "the client aborted the COPY")
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
}
