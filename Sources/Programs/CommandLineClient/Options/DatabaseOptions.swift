import ArgumentParser
import LocalCluster
import Postgres

/// Options for connecting to the database, for the commands that maintain it.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(
        help: "The database's URL (MILLRACE_POSTGRES_URL; default: the cluster of this machine).")
    var url: String?

    /// The URL from the flag or the environment; `nil` for the cluster of this machine.
    var givenURL: String? { url ?? EnvironmentVariable.postgresURL.value }

    /// The given URL, or that of this machine's cluster for `user`.
    func postgresURL(of user: DatabaseUser) throws -> String {
        if let givenURL { return givenURL }
        guard let record = try ClusterRecord.read(cluster.layout) else {
            throw UserError(
                "There is no cluster in \(cluster.layout.root). Run 'millrace up', or name the "
                    + "database with --url URL or MILLRACE_POSTGRES_URL.")
        }
        return record.postgresURL(of: user)
    }

    /// Runs `body` with a connection pool and closes the pool afterwards.
    func withPool<R: Sendable>(
        as user: DatabaseUser, idleTransactionTimeout: Duration = .seconds(30),
        _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: try postgresURL(of: user), applicationName: "millrace",
                connectionsMax: 2,
                // A migration or a backup may read or rewrite the whole database.
                statementTimeout: .seconds(3600),
                idleTransactionTimeout: idleTransactionTimeout))
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw UserError(unavailability: error) ?? error
        }
    }
}
