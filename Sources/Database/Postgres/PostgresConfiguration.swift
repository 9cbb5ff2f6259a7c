/// How to reach a PostgreSQL server and how long to wait for it.
package struct PostgresConfiguration: Sendable {
    /// A libpq connection string or `postgres://` URI; TLS and all other settings pass through.
    package var conninfo: String
    package var applicationName: String
    package var connectionsMax: Int
    package var connectTimeout: Duration
    /// Limit of one statement, kept by the server.
    package var statementTimeout: Duration
    /// Limit of the wait for a row that others have locked, kept by the server; zero for none.
    package var lockTimeout: Duration
    /// Limit of a transaction's silence, kept by the server: a client that froze in the midst of one
    /// must not hold its locks.
    package var idleTransactionTimeout: Duration
    /// Limit of the server's silence while something is expected of it, kept by us; longer than
    /// the statement timeout, so that it only ever meets a server that froze or cannot be reached.
    package var silenceMax: Duration
    /// Limit of the wait for a free connection.
    package var acquireTimeout: Duration
    /// Whether the server plans a statement once, for all parameters and along indexes, instead of
    /// at each call. Planning takes a good part of a short statement's time, and a plan from when
    /// the tables were empty must be right when they are full: the statements are written for it.
    package var plansOnce: Bool
    /// Receives the server's notices and warnings.
    package var onNotice: @Sendable (String) -> Void

    package init(
        conninfo: String, applicationName: String = "millrace", connectionsMax: Int = 8,
        connectTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(30),
        lockTimeout: Duration = .zero,
        idleTransactionTimeout: Duration = .seconds(30), silenceMax: Duration? = nil,
        acquireTimeout: Duration = .seconds(10), plansOnce: Bool = false,
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.connectionsMax = connectionsMax
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleTransactionTimeout = idleTransactionTimeout
        self.silenceMax = silenceMax ?? statementTimeout + .seconds(10)
        self.acquireTimeout = acquireTimeout
        self.plansOnce = plansOnce
        self.onNotice = onNotice
    }
}
