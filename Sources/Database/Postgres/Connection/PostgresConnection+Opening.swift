import CLibPQ
import Concurrency
import Glibc

extension PostgresConnection {
    /// Opens a connection with the configuration's settings.
    static func open(
        _ configuration: PostgresConfiguration, on loop: EventLoop
    ) async throws(PostgresError) -> PostgresConnection {
        try loop.start()
        let notices = NoticeReceiver(configuration.onNotice)
        let handle = try await BlockingThread.run { () throws(PostgresError) in
            try Self.connect(configuration, notices)
        } orElse: { reason throws(PostgresError) -> ConnectionHandle in
            throw PostgresError(.connection, "\(reason)")
        }
        let connection = PostgresConnection(
            handle, loop: loop, notices: notices, readTimeout: configuration.readTimeout)
        await connection.start()
        do throws(PostgresError) {
            _ = try await connection.query(configuration.sessionSettings)
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// Blocks for the name lookup, then at most for the connect timeout.
    private static func connect(
        _ configuration: PostgresConfiguration, _ notices: NoticeReceiver
    ) throws(PostgresError) -> ConnectionHandle {
        let settings = configuration.transportSettings
        let keys = settings.map { strdup($0.name) }
        let values = settings.map { strdup($0.value) }
        defer { for text in keys + values { free(text) } }
        let pointer = PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let pointer else { throw PostgresError(.connection, "out of memory") }
        guard PQstatus(pointer) == CONNECTION_OK else {
            defer { PQfinish(pointer) }
            throw PostgresError(connection: pointer)
        }
        notices.attach(to: pointer)
        return ConnectionHandle(pointer: pointer)
    }
}

extension PostgresConfiguration {
    /// libpq's parameters. Later entries win, so the operator's own settings come last.
    fileprivate var transportSettings: [(name: String, value: String)] {
        let keepalive = max(1, Int(unacknowledgedTimeout / .seconds(2)))
        return [
            ("connect_timeout", "\(max(1, Int(connectTimeout / .seconds(1))))"),
            ("keepalives_idle", "\(keepalive)"), ("keepalives_interval", "\(keepalive)"),
            ("tcp_user_timeout", unacknowledgedTimeout.asSetting), ("client_encoding", "UTF8"),
            ("fallback_application_name", applicationName), ("dbname", conninfo),
        ]
    }

    /// How long sent data may remain unacknowledged before the kernel closes the connection.
    ///
    /// This is the limit for an unreachable host, `readTimeout` the one for a server that does not
    /// respond. A reachable host acknowledges within milliseconds, however long a statement runs,
    /// so 30 s are enough even if `readTimeout` is longer. If `readTimeout` is shorter, it must
    /// expire first, because its error is clearer; the kernel's limit is then a second longer.
    var unacknowledgedTimeout: Duration { min(readTimeout + .seconds(1), .seconds(30)) }

    fileprivate var sessionSettings: PostgresStatement {
        PostgresStatement(
            """
            SELECT set_config('statement_timeout', $1, false),
                set_config('idle_in_transaction_session_timeout', $2, false),
                set_config('lock_timeout', $3, false),
                set_config('plan_cache_mode', $4, false),
                set_config('enable_seqscan', $5, false)
            """, statementTimeout.asSetting, idleTransactionTimeout.asSetting,
            lockTimeout.asSetting, plansOnce ? "force_generic_plan" : "auto",
            plansOnce ? "off" : "on")
    }
}

extension Duration {
    /// Milliseconds, the unit of PostgreSQL's and libpq's timeout settings.
    fileprivate var asSetting: String { "\(Int(self / .milliseconds(1)))" }
}
