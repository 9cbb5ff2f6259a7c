import ArgumentParser
import Kafka
import KafkaHints
import Logging

/// `millrace topics`
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Creates the pipeline's Kafka topics that do not exist.",
        discussion: """
            Existing topics stay as they are, so it is safe to run at each start. It connects as \
            the programs do: by MILLRACE_KAFKA_BROKERS and MILLRACE_KAFKA_PROPERTIES.
            """)

    @Option(help: "Kafka bootstrap servers, host:port separated by commas.")
    var kafkaBrokers: String?
    @Option(help: "The prefix of topic names (default: millrace).")
    var topicPrefix: String?
    @Option(
        help: "Partitions of each new topic. Workers beyond that number find their work by polling."
    )
    var partitions = 16
    @Option(help: "Copies of each partition (default: the broker's default.replication.factor).")
    var replicationFactor: Int?
    @Option(help: "Longest time to wait for a broker and for the topics, at most 1h.")
    var timeout = DurationArgument.default("60s")

    func validate() throws {
        guard (1...10_000).contains(partitions) else {
            throw ValidationError("--partitions must be between 1 and 10000.")
        }
        guard (1...100).contains(replicationFactor ?? 1) else {
            throw ValidationError("--replication-factor must be between 1 and 100.")
        }
        guard timeout.duration <= .seconds(3600) else {
            throw ValidationError("--timeout must be at most 1h.")
        }
    }

    func run() async throws {
        guard let brokers = kafkaBrokers ?? EnvironmentVariable.kafkaBrokers.value else {
            throw UserError("Set --kafka-brokers or MILLRACE_KAFKA_BROKERS.")
        }
        let topics = Topics(
            prefix: topicPrefix ?? EnvironmentVariable.topicPrefix.value ?? "millrace")
        do throws(KafkaError) {
            let admin = try KafkaAdmin(
                KafkaConfiguration(
                    bootstrapServers: brokers,
                    properties: try KafkaConfiguration.properties(
                        EnvironmentVariable.kafkaProperties.value ?? "")),
                logger: Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() })
            let created = Set(
                try await admin.createMissing(
                    topics.all, partitions: partitions, replication: replicationFactor,
                    timeout: timeout.duration))
            for topic in topics.all {
                Output.line("\(created.contains(topic) ? "created" : "exists ") \(topic)")
            }
        } catch {
            throw UserError("Kafka at \(brokers): \(error)")
        }
    }
}
