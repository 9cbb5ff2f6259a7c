import CLibPQ

/// The rows of one result, in binary format.
///
/// `@unchecked Sendable`: a `PGresult` does not change once it is complete, and libpq allows
/// reading it from any thread.
package final class PostgresRows: RandomAccessCollection, @unchecked Sendable {
    private let result: OpaquePointer

    /// Takes ownership of a successful result.
    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { Int(PQntuples(result)) }
    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row \(position) does not exist")
        return PostgresRow(rows: self, index: position)
    }

    /// Number of rows that the statement changed, copied or, as a query, returned.
    package var affectedRows: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    fileprivate func bytes(row: Int, column: Int) throws(PostgresError)
        -> UnsafeRawBufferPointer?
    {
        guard column >= 0, column < Int(PQnfields(result)) else {
            throw PostgresError(.decoding, "column \(column) does not exist")
        }
        let (row, column) = (Int32(row), Int32(column))
        if PQgetisnull(result, row, column) == 1 { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    fileprivate func name(_ column: Int) -> String {
        PQfname(result, Int32(column)).map { String(cString: $0) } ?? "\(column)"
    }
}

/// One row. Columns are numbered from 0.
package struct PostgresRow {
    fileprivate let rows: PostgresRows
    fileprivate let index: Int

    /// Reads a column that is not NULL.
    package func decode<T: PostgresDecodable>(
        _ column: Int, as type: T.Type = T.self
    ) throws(PostgresError) -> T {
        guard let value = try decodeIfPresent(column, as: T.self) else {
            throw PostgresError(.decoding, "column '\(rows.name(column))' is NULL")
        }
        return value
    }

    /// Reads a column that may be NULL.
    package func decodeIfPresent<T: PostgresDecodable>(
        _ column: Int, as type: T.Type = T.self
    ) throws(PostgresError) -> T? {
        guard let bytes = try rows.bytes(row: index, column: column) else { return nil }
        do {
            return try T(postgres: bytes)
        } catch {
            throw PostgresError(
                .decoding, "column '\(rows.name(column))' as \(T.self): \(error.message)")
        }
    }
}
