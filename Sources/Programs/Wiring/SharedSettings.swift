// Wiring: selects and connects the parts of the programs.
//
// Invariants: only this target and the executables know concrete adapters.
// Neighbours: the executables above; adapters below.

package import Domain
import Kafka
package import ProgramFrame
import Pipeline

/// Settings that several programs share.
package enum Shared {
    package static let postgresURL = Setting.text(
        "postgres-url",
        "PostgreSQL, as a libpq connection string or URI, which can contain TLS settings",
        isSecret: true)
    package static let postgresConnections = Setting.number(
        "postgres-connections", "Maximum number of connections to PostgreSQL", default: 8,
        in: 1...1000)
    package static let kafkaBrokers = Setting.text(
        "kafka-brokers", "Kafka bootstrap servers, as host:port separated by commas")
    package static let kafkaProperties = Setting<[String: String]>(
        "kafka-properties",
        "Properties of librdkafka, as name=value separated by semicolons (SASL, TLS and others)",
        default: "", isSecret: true
    ) { text throws(SettingFault) in
        do throws(KafkaError) {
            return try KafkaConfiguration.properties(text)
        } catch {
            throw SettingFault(error.message)
        }
    }
    package static let topicPrefix = Setting.text(
        "topic-prefix", "First part of the names of topics and consumer groups", default: "millrace"
    )
    package static let retryBase = Setting.time(
        "retry-base", "Delay before the first retry; it doubles with each retry", default: "5s")
    package static let retryCap = Setting.time(
        "retry-cap", "Maximum delay before a retry", default: "10m")

    package static let postgres: [any SettingDeclaration] = [postgresURL, postgresConnections]
    package static let kafka: [any SettingDeclaration] = [
        kafkaBrokers, kafkaProperties, topicPrefix,
    ]
    package static let retry: [any SettingDeclaration] = [retryBase, retryCap]

    package static func retryPolicy(_ settings: Settings) -> RetryPolicy {
        RetryPolicy(base: settings[retryBase], cap: settings[retryCap])
    }
}

/// Settings of the workers.
package struct WorkerSettings: Sendable {
    package let slots: Setting<Int>
    package let lease = Setting.time(
        "lease", "How long a claim is valid without a heartbeat", default: "90s")
    package let heartbeat = Setting.time(
        "heartbeat-interval",
        "Time between heartbeats, at most half of the lease; a third of it is recommended",
        default: "30s")
    package let deadline = Setting.time(
        "stage-deadline",
        "How long a job may be processed without progress; at least the lease", default: "15m")
    package let idleWait = Setting.time(
        "idle-wait", "How long an idle worker waits for a hint before it polls the database",
        default: "3s")
    package let drainGrace = Setting.time(
        "drain-grace",
        "How long work may continue after SIGTERM; what is left is returned to the queue",
        default: "20s")

    package init(slots: Int) {
        self.slots = Setting.number(
            "slots", "Maximum number of jobs in progress", default: slots, in: 1...1000)
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
            throw SettingFault("--heartbeat-interval must be at most half of --lease")
        }
        guard settings[lease] <= settings[deadline] else {
            throw SettingFault("--lease must be at most --stage-deadline")
        }
        return QueueWorkerConfiguration(
            worker: worker, slots: settings[slots],
            terms: ClaimTerms(lease: settings[lease], deadline: settings[deadline]),
            heartbeatInterval: settings[heartbeat], idleWait: settings[idleWait],
            drainGrace: settings[drainGrace], retry: Shared.retryPolicy(settings))
    }
}
