import Concurrency
import OperationsPostgres
import Postgres
import ProgramFrame
import Serving
import ServiceLifecycle
import Wiring

/// Settings of `/v1/operations`, which has a database login and a pool of its own.
enum OperationsSettings {
    static let url = Setting.optionalText(
        "operations-postgres-url",
        "PostgreSQL with an operator's login, for /v1/operations. Without it, they are refused",
        isSecret: true)
    static let connections = Setting.number(
        "operations-connections",
        "Maximum number of connections to PostgreSQL for /v1/operations. An audit has two others",
        default: 3, in: 1...100)
    static let timeout = Setting.time(
        "operations-timeout",
        "Time limit of a statement of /v1/operations, except those of an audit", default: "2m")
    static let auditTimeout = Setting.time(
        "operations-audit-timeout", "Time limit of an audit and of each of its statements",
        default: "15m")

    static let declared: [any SettingDeclaration] = [url, connections, timeout, auditTimeout]

    /// The connections of operations, closed at shutdown, and what the API needs of them.
    struct Parts {
        let setup: OperationsSetup
        let services: [any Service]
    }

    /// `nil` when operations are refused.
    static func parts(_ context: Program.Context) -> Parts? {
        let settings = context.settings
        guard let url = settings[url] else { return nil }
        let pool = Connections.pool(
            context, url: url, connectionsMax: settings[connections],
            statementTimeout: settings[timeout])
        // The audit ends its statements itself when its time is over. The server's limit ends those
        // of a process that no longer can, and must not come first.
        let audits = Connections.pool(
            context, url: url, connectionsMax: 2,
            statementTimeout: settings[auditTimeout] + .seconds(5))
        let store = PostgresOperations(pool: pool, audits: audits)
        // Uploads and searches work without it.
        context.health.add("operations", .wanted) { try await store.checkLogin() }
        return Parts(
            setup: OperationsSetup(store: store, auditLimit: settings[auditTimeout]),
            services: [
                CloseAtShutdown { await pool.close() }, CloseAtShutdown { await audits.close() },
            ])
    }
}
