import CLibPQ

/// An error of the client, the connection or the server. Never contains parameter values.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, CaseIterable {
        /// The server rejected a statement; `sqlState` is the reason.
        case server
        /// The connection could not be opened, it broke, or the server was silent for longer than
        /// `readTimeout`.
        case connection
        /// The task was cancelled; the statement was cancelled on the server.
        case cancelled
        /// A value did not have the requested type.
        case decoding
        /// No connection became free within `acquireTimeout`, or the pool is closed.
        case pool
    }

    package let kind: Kind
    package let sqlState: String?
    package let message: String
    package let constraint: String?

    package init(
        _ kind: Kind, _ message: String, sqlState: String? = nil, constraint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
    }

    /// Whether the same call may succeed later.
    package var isTransient: Bool {
        switch kind {
        case .connection, .pool: return true
        case .cancelled, .decoding: return false
        case .server:
            guard let sqlState else { return false }
            let codes = ["40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03"]
            return codes.contains(sqlState)
                || ["08", "53"].contains { sqlState.hasPrefix($0) }
        }
    }

    /// Whether any other statement of the caller would fail in the same way: the server is
    /// unreachable, stopping or at its limits, or the call was cancelled.
    package var affectsEveryStatement: Bool {
        switch kind {
        case .connection, .pool, .cancelled: true
        case .decoding: false
        case .server: ["57P", "08", "53"].contains { sqlState?.hasPrefix($0) == true }
        }
    }

    package var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
    }

    /// Reads the error of a failed result.
    init(result: OpaquePointer) {
        func field(_ code: UInt8) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        self.init(
            .server,
            field(UInt8(ascii: "M")) ?? String(cString: PQresultErrorMessage(result)).firstLine,
            sqlState: field(UInt8(ascii: "C")), constraint: field(UInt8(ascii: "n")))
    }

    /// Reads the error of a broken connection.
    init(connection: OpaquePointer?) {
        self.init(.connection, String(cString: PQerrorMessage(connection)).firstLine)
    }
}

extension String {
    fileprivate var firstLine: String {
        String(split(separator: "\n", maxSplits: 1).first ?? "the connection was lost")
    }
}
