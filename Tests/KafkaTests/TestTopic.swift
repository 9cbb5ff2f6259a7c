import Glibc
import Kafka
import Logging

/// A topic and a group of a test's own, on an embedded broker or on the one that
/// `KAFKA_BOOTSTRAP_SERVERS` names.
struct TestTopic {
    static let external = getenv("KAFKA_BOOTSTRAP_SERVERS").map { String(cString: $0) }
    static let isEmbedded = external == nil
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let name: String
    let group: String
    let bootstrapServers: String
    /// Lives as long as the test's topic.
    let broker: EmbeddedBroker?

    /// - Parameters:
    ///   - partitions: of the embedded broker's topic; another broker has its own standard.
    init(partitions: Int = 4) throws {
        let unique = String(UInt64.random(in: .min ... .max), radix: 36)
        name = "test-\(unique)"
        group = "group-\(unique)"
        broker = Self.isEmbedded
            ? try EmbeddedBroker(topics: [name], partitions: partitions, logger: Self.silent)
            : nil
        bootstrapServers = Self.external ?? broker?.bootstrapServers ?? ""
    }

    func producer(
        _ properties: [String: String] = [:], logger: Logger = silent
    ) throws -> KafkaProducer {
        try KafkaProducer(
            KafkaConfiguration(bootstrapServers: bootstrapServers, properties: properties),
            logger: logger)
    }

    /// A member that finds new topics soon and that the embedded broker rebalances soon: it
    /// waits 3 s before a group's first election, and drops members whose session ends before.
    func consumer(
        _ properties: [String: String] = [:], alsoOf others: [String] = []
    ) throws -> KafkaConsumer {
        let quick = [
            "session.timeout.ms": "4500", "heartbeat.interval.ms": "200",
            "topic.metadata.refresh.interval.ms": "500",
        ]
        return try KafkaConsumer(
            KafkaConfiguration(
                bootstrapServers: bootstrapServers, properties: quick.merging(properties) { $1 }),
            group: group, topics: [name] + others, logger: Self.silent)
    }

    /// Sends `v0`, `v1` … with the keys `k0`, `k1` …, or all with one key.
    func send(
        _ numbers: Range<Int>, key: String? = nil, with producer: KafkaProducer
    ) async throws {
        try await producer.send(
            numbers.map {
                KafkaRecord(key: Array((key ?? "k\($0)").utf8), value: Array("v\($0)".utf8))
            }, to: name)
    }

    static func values(_ numbers: Range<Int>) -> [String] { numbers.map { "v\($0)" } }
}

extension KafkaMessage {
    var text: String { String(decoding: value, as: UTF8.self) }
}

extension KafkaConsumer {
    /// Receives at least `count` messages; the test's time limit bounds the wait.
    func receive(_ count: Int, max: Int = 1000, stores: Bool = true) async throws -> [String] {
        var values: [String] = []
        while values.count < count {
            let batch = try await nextBatch(max: max, wait: .milliseconds(200))
            values += batch.map(\.text)
            if stores { try storeOffsets(of: batch) }
        }
        return values
    }

    /// Polls, as every member must, until as many partitions are held as are wanted; returns
    /// the messages that came.
    @discardableResult
    func poll(until isEnough: (Int) -> Bool) async throws -> [String] {
        var values: [String] = []
        while !isEnough(assignment.count) {
            values += try await nextBatch(max: 1000, wait: .milliseconds(20)).map(\.text)
        }
        return values
    }
}

/// Hands every log line to a test.
struct LineCollector: LogHandler {
    let lines: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.yield("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
