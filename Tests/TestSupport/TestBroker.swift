import Glibc
package import Kafka
package import Logging

/// A test's own embedded broker, or the one that `KAFKA_BOOTSTRAP_SERVERS` names.
package struct TestBroker: Sendable {
    package static let isEmbedded = external == nil
    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let external = getenv("KAFKA_BOOTSTRAP_SERVERS").map { String(cString: $0) }

    package let bootstrapServers: String
    /// Runs as long as this value exists; `nil` for an external broker.
    package let embedded: EmbeddedBroker?

    /// - Parameters:
    ///   - topics: names that only this test uses; an external broker creates them on first use.
    ///   - partitions: of the embedded broker's topics.
    package init(topics: [String], partitions: Int = 4) throws {
        embedded =
            Self.isEmbedded
            ? try EmbeddedBroker(topics: topics, partitions: partitions, logger: Self.silent) : nil
        bootstrapServers = Self.external ?? embedded?.bootstrapServers ?? ""
    }

    package func producer(
        _ properties: [String: String] = [:], logger: Logger = silent
    ) throws -> KafkaProducer {
        try KafkaProducer(
            KafkaConfiguration(bootstrapServers: bootstrapServers, properties: properties),
            logger: logger)
    }

    /// A consumer with short intervals, so that it quickly finds new topics and is rebalanced. The
    /// embedded broker waits 3 s before a group's first election and drops members whose session
    /// ends before that.
    package func consumer(
        group: String, topics: [String], _ properties: [String: String] = [:]
    ) throws -> KafkaConsumer {
        let quick = [
            "session.timeout.ms": "4500", "heartbeat.interval.ms": "200",
            "topic.metadata.refresh.interval.ms": "500",
        ]
        return try KafkaConsumer(
            KafkaConfiguration(
                bootstrapServers: bootstrapServers, properties: quick.merging(properties) { $1 }),
            group: group, topics: topics, logger: Self.silent)
    }

    /// A name that no other test has.
    package static func uniqueName() -> String {
        "test-" + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}

extension KafkaConsumer {
    /// The next message; the test's time limit bounds the wait.
    package func one() async throws -> KafkaMessage {
        while true {
            let batch = try await nextBatch(max: 1, wait: .milliseconds(200))
            if let message = batch.messages.first { return message }
        }
    }
}
