import Concurrency
package import JobStorePostgres
import Kafka
package import KafkaHints
import Logging
package import ProgramFrame
package import Postgres
import ServiceLifecycle

/// A program's connections, closed after everything that uses them has ended.
package struct Connections: Service {
    package let pool: PostgresPool
    package let store: PostgresJobStore
    package let sender: KafkaHintSender
    package let topics: Topics
    private let session: (holder: WorkerSession, pool: PostgresPool)?
    let producer: KafkaProducer
    let kafka: KafkaConfiguration

    /// Connects lazily: a program starts even if its servers are unavailable, and reports it in
    /// `/readyz`.
    ///
    /// - Parameter lease: the lease of claims made over these connections; `nil` for programs that
    ///   claim no jobs. A process that freezes within a transaction holds its locks no longer.
    package init(_ context: Program.Context, lease: Duration? = nil) throws {
        let settings = context.settings
        let logger = context.logger
        pool = Self.pool(
            context, connectionsMax: settings[Shared.postgresConnections],
            idleTransactionTimeout: min(lease ?? .seconds(30), .seconds(30)),
            plansOnce: lease != nil)
        session = lease.map { _ in
            // A lost connection must be detected before the reconciler gives up the session.
            let pool = Self.pool(context, connectionsMax: 1, readTimeout: .seconds(2))
            return (WorkerSession(pool: pool, logger: logger), pool)
        }
        store = PostgresJobStore(pool: pool, session: session?.holder)
        kafka = KafkaConfiguration(
            bootstrapServers: settings[Shared.kafkaBrokers],
            properties: settings[Shared.kafkaProperties])
        producer = try KafkaProducer(kafka, logger: logger)
        topics = Topics(prefix: settings[Shared.topicPrefix])
        sender = KafkaHintSender(producer, topics: topics)
        context.health.add("postgres", .required) { [pool] in
            _ = try await pool.query(PostgresStatement("SELECT 1"))
        }
        // Kafka only wakes the workers. Without it they find their work by polling, and the API
        // accepts uploads as before.
        context.health.add("kafka", .wanted) { [producer] in
            try await producer.checkConnection(timeout: .seconds(2))
        }
    }

    /// Another pool to the same server, or with another login. The caller closes it.
    package static func pool(
        _ context: Program.Context, url: String? = nil, connectionsMax: Int,
        statementTimeout: Duration = .seconds(30),
        idleTransactionTimeout: Duration = .seconds(30), readTimeout: Duration? = nil,
        plansOnce: Bool = false
    ) -> PostgresPool {
        let logger = context.logger
        return PostgresPool(
            PostgresConfiguration(
                conninfo: url ?? context.settings[Shared.postgresURL],
                applicationName: context.worker,
                connectionsMax: connectionsMax, statementTimeout: statementTimeout,
                lockTimeout: .seconds(5),
                idleTransactionTimeout: idleTransactionTimeout, readTimeout: readTimeout,
                plansOnce: plansOnce,
                onNotice: { text in
                    // For example, a search for only stop words causes a NOTICE.
                    guard !text.hasPrefix("NOTICE") else { return }
                    logger.notice("postgres", metadata: ["notice": "\(text)"])
                }))
    }

    package func run() async {
        if let session {
            await untilGracefulShutdown { await session.holder.hold() }
            await session.pool.close()
        } else {
            await untilGracefulShutdown()
        }
        await producer.close()
        await pool.close()
    }
}
