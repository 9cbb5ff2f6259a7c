// Wiring: selects and connects the parts of the programs.
//
// Invariants: only this target and the executables know concrete adapters.
// Neighbours: the executables above; adapters below.

package import Domain
import Kafka
package import ProgramFrame
package import Pipeline
package import Routing

/// Settings that several programs share.
package enum Shared {
    package static let postgresURL = Setting.text(
        "postgres-url",
        "PostgreSQL, as a libpq connection string or URI; TLS settings pass through",
        isSecret: true)
    package static let postgresConnections = Setting.number(
        "postgres-connections", "Most connections to PostgreSQL", standard: 8, in: 1...1000)
    package static let kafkaBrokers = Setting.text(
        "kafka-brokers", "Kafka bootstrap servers, host:port separated by commas")
    package static let kafkaProperties = Setting<[String: String]>(
        "kafka-properties",
        "librdkafka properties, name=value separated by semicolons (SASL, TLS and all others)",
        standard: "", isSecret: true
    ) { text throws(SettingFault) in
        do throws(KafkaError) {
            return try KafkaConfiguration.properties(text)
        } catch {
            throw SettingFault(error.message)
        }
    }
    package static let topicPrefix = Setting.text(
        "topic-prefix", "Prefix of topic and group names", standard: "millrace")
    package static let miniLMPath = Setting.optionalText(
        "minilm-path",
        "Folder of the embedding model's model.safetensors and vocab.txt; without it, feature "
            + "hashing, which is a vector space of its own")
    package static let llamaParseSecret = Setting.optionalText(
        "llamaparse-webhook-secret",
        "What LlamaParse signs with what it tells the webhook; without it nothing is taken there",
        isSecret: true)
    package static let retryBase = Setting.time(
        "retry-base", "Delay before the first retry; doubles with each", standard: "5s")
    package static let retryCap = Setting.time(
        "retry-cap", "Longest delay before a retry", standard: "10m")

    package static let postgres: [any SettingDeclaration] = [postgresURL, postgresConnections]
    package static let kafka: [any SettingDeclaration] = [
        kafkaBrokers, kafkaProperties, topicPrefix,
    ]
    package static let retry: [any SettingDeclaration] = [retryBase, retryCap]

    package static func retryPolicy(_ settings: Settings) -> RetryPolicy {
        RetryPolicy(base: settings[retryBase], cap: settings[retryCap])
    }

    /// A budget with these daily limits, 0 for none; `nil` when both are 0.
    package static func budget(
        tenant: Int, all: Int, in unit: SpendUnit, _ connections: Connections
    ) -> DailyBudget? {
        guard tenant > 0 || all > 0 else { return nil }
        return DailyBudget(
            .init(tenant: tenant > 0 ? tenant : nil, all: all > 0 ? all : nil), in: unit,
            book: connections.store)
    }
}

/// Settings of the workers.
package struct WorkerSettings: Sendable {
    package let slots: Setting<Int>
    package let lease = Setting.time(
        "lease", "How long a claim lives without a heartbeat", standard: "90s")
    package let heartbeat = Setting.time(
        "heartbeat", "Time between heartbeats; a third of the lease is right", standard: "30s")
    package let deadline = Setting.time(
        "stage-deadline", "Longest time that work goes on without progress", standard: "15m")
    package let idleWait = Setting.time(
        "idle-wait", "How long an idle worker waits for a hint before it asks the database",
        standard: "3s")
    package let drainGrace = Setting.time(
        "drain-grace", "How long work may go on after SIGTERM", standard: "20s")

    package init(slots: Int) {
        self.slots = Setting.number("slots", "Jobs at work at once", standard: slots, in: 1...1000)
    }

    package var declared: [any SettingDeclaration] {
        Shared.postgres + Shared.kafka + Shared.retry
            + [slots, lease, heartbeat, deadline, idleWait, drainGrace]
    }

    /// - Throws: a fault when `heartbeat` exceeds half of `lease`, or `lease` exceeds `deadline`.
    func configuration(
        _ settings: Settings, worker: String
    ) throws(SettingFault) -> QueueWorkerConfiguration {
        guard settings[heartbeat] * 2 <= settings[lease] else {
            throw SettingFault("--heartbeat is at most half of --lease")
        }
        guard settings[lease] <= settings[deadline] else {
            throw SettingFault("--lease is at most --stage-deadline")
        }
        return QueueWorkerConfiguration(
            worker: worker, slots: settings[slots],
            terms: ClaimTerms(lease: settings[lease], deadline: settings[deadline]),
            heartbeatInterval: settings[heartbeat], idleWait: settings[idleWait],
            drainGrace: settings[drainGrace], retry: Shared.retryPolicy(settings))
    }
}
