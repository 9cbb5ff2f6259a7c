/// The address of a PostgreSQL server and the limits for waiting on it.
package struct PostgresConfiguration: Sendable {
    /// A libpq connection string or `postgres://` URI; TLS and all other settings pass through.
    package var conninfo: String
    package var applicationName: String
    package var connectionsMax: Int
    package var connectTimeout: Duration
    /// Limit for one statement, enforced by the server.
    package var statementTimeout: Duration
    /// Limit for waiting on a lock, enforced by the server; zero disables it.
    package var lockTimeout: Duration
    /// Limit for an idle transaction, enforced by the server. A client that froze inside a
    /// transaction must not hold its locks.
    package var idleTransactionTimeout: Duration
    /// Limit for the server's silence while a response is pending, enforced by the client. By
    /// default 10 s longer than the statement timeout, so that only a frozen or unreachable server
    /// exceeds it.
    package var readTimeout: Duration
    /// Limit for waiting on a free connection.
    package var acquireTimeout: Duration
    /// Whether the server plans a statement once, for all parameters and with indexes, instead of
    /// on each call. Planning takes a large part of a short statement's time. A plan made on empty
    /// tables must still be right when they are full, and the statements are written for that.
    package var plansOnce: Bool
    /// Receives the server's notices and warnings.
    package var onNotice: @Sendable (String) -> Void

    package init(
        conninfo: String, applicationName: String = "millrace", connectionsMax: Int = 8,
        connectTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(30),
        lockTimeout: Duration = .zero,
        idleTransactionTimeout: Duration = .seconds(30), readTimeout: Duration? = nil,
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
        self.readTimeout = readTimeout ?? statementTimeout + .seconds(10)
        self.acquireTimeout = acquireTimeout
        self.plansOnce = plansOnce
        self.onNotice = onNotice
    }
}
