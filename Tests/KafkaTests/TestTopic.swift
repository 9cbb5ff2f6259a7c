import Kafka
import Logging
import TestSupport

/// A topic and a group for one test.
struct TestTopic {
    static let isEmbedded = TestBroker.isEmbedded
    static let silent = TestBroker.silent

    let name: String
    let group: String
    private let server: TestBroker

    /// - Parameters:
    ///   - partitions: of the embedded broker's topic; an external broker uses its own default.
    init(partitions: Int = 4) throws {
        name = TestBroker.uniqueName()
        group = "group-of-" + name
        server = try TestBroker(topics: [name], partitions: partitions)
    }

    var bootstrapServers: String { server.bootstrapServers }
    var broker: EmbeddedBroker? { server.embedded }

    func producer(
        _ properties: [String: String] = [:], logger: Logger = silent
    ) throws -> KafkaProducer {
        try server.producer(properties, logger: logger)
    }

    func consumer(
        _ properties: [String: String] = [:]
    ) throws -> KafkaConsumer {
        try server.consumer(group: group, topics: [name], properties)
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

    /// Polls, as every member must, until `isEnough` accepts the number of held partitions. Returns
    /// the messages that arrived.
    @discardableResult
    func poll(until isEnough: (Int) -> Bool) async throws -> [String] {
        var values: [String] = []
        while !isEnough(assignment.count) {
            values += try await nextBatch(max: 1000, wait: .milliseconds(20)).map(\.text)
        }
        return values
    }
}

/// Passes every log line to a test.
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
