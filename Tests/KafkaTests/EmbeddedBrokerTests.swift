import Kafka
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestTopic.isEmbedded)) struct EmbeddedBrokerTests {
    private func start(_ port: Int? = nil) throws -> EmbeddedBroker {
        try EmbeddedBroker(port: port, topics: ["t"], partitions: 2, logger: TestTopic.silent)
    }

    private func port(of broker: EmbeddedBroker) throws -> Int {
        try #require(Int(broker.bootstrapServers.split(separator: ":")[1]))
    }

    @Test func `clients reconnect to a broker that restarts on its port`() async throws {
        let topic = try TestTopic()
        let broker = try #require(topic.broker)
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await topic.send(0..<10, with: producer)
        #expect(try await consumer.receive(10).count == 10)
        broker.stop()
        let restarted = try EmbeddedBroker(
            port: port(of: broker), topics: [topic.name], partitions: 4, logger: TestTopic.silent)
        #expect(restarted.bootstrapServers == broker.bootstrapServers)
        // The consumer continues from its old position, so it misses the first messages of the new
        // log. A send may fail while the broker restarts. Both are retried.
        var received: [String] = []
        while received.isEmpty {
            do {
                try await topic.send(10..<20, with: producer)
            } catch let error as KafkaError where error.isTransient {
                continue
            }
            let batch = try await consumer.nextBatch(max: 1000, wait: .milliseconds(200))
            received = batch.map(\.text)
        }
        #expect(Set(received).isSubset(of: TestTopic.values(10..<20)))
        await consumer.close()
        await producer.close()
        restarted.stop()
    }

    @Test func `the error names a port that is in use`() throws {
        let broker = try start()
        let taken = try port(of: broker)
        let error = #expect(throws: KafkaError.self) { try start(taken) }
        #expect(
            error?.message == "cannot listen on 127.0.0.1:\(taken): Address already in use")
    }

    @Test(arguments: [0, -1, 65536])
    func `a number that is not a port is refused`(port: Int) {
        #expect(throws: KafkaError.self) { try start(port) }
    }

    @Test func `a broker without a given port uses a free one`() throws {
        let first = try start()
        let second = try start()
        #expect(try port(of: first) != port(of: second))
        first.stop()
        first.stop()
    }
}
