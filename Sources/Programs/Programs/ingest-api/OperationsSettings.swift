import OperationsPostgres
import Postgres
import ProgramFrame
import Serving
import Wiring

/// Settings of `/v1/operations`, which has a database login and a pool of its own.
enum OperationsSettings {
    static let url = Setting.optionalText(
        "operations-postgres-url",
        "PostgreSQL with an operator's login, for /v1/operations. Without it, they are refused",
        isSecret: true)
    static let connections = Setting.number(
        "operations-connections",
        "Maximum number of connections to PostgreSQL for /v1/operations", default: 3, in: 2...100)
    static let timeout = Setting.time(
        "operations-timeout", "Time limit of a statement of /v1/operations", default: "2m")
    static let auditTimeout = Setting.time(
        "operations-audit-timeout", "Time limit of an audit", default: "15m")

    static let declared: [any SettingDeclaration] = [url, connections, timeout, auditTimeout]

    /// The pool of operations; `nil` when they are refused.
    static func pool(_ context: Program.Context) -> PostgresPool? {
        let settings = context.settings
        guard let url = settings[url] else { return nil }
        let pool = Connections.pool(
            context, url: url, connectionsMax: settings[connections],
            statementTimeout: settings[timeout])
        // Uploads and searches work without it.
        context.health.add("operations", .wanted) {
            _ = try await pool.query(PostgresStatement("SELECT 1"))
        }
        return pool
    }

    static func setup(_ context: Program.Context, _ pool: PostgresPool) -> OperationsSetup {
        OperationsSetup(
            store: PostgresOperations(pool: pool), auditLimit: context.settings[auditTimeout])
    }
}
