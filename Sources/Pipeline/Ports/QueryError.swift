/// Why a query on behalf of a client failed.
package struct QueryError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The database is unreachable or at its limits. It may recover in a moment.
        case unavailable
        /// No connection became free within the time a request may wait.
        case busy
        /// The statement exceeded its time limit.
        case timeout
        /// The database rejected the client's query.
        case refused
        /// A statement or a row is not what this program expects.
        case fault
    }

    package let kind: Kind
    package let reason: String
    package var description: String { reason }

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
