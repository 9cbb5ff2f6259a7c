import CKafkaShim
import Dispatch
import Logging
import Testing

@testable import Kafka

/// Unreachable brokers, full queues and broken clients.
@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    /// Nothing listens on port 1.
    private func unreachableProducer(
        _ properties: [String: String] = [:], logger: Logger = TestTopic.silent
    ) throws -> KafkaProducer {
        try KafkaProducer(
            KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties),
            logger: logger)
    }

    private func record(_ text: String) -> KafkaRecord { KafkaRecord(value: Array(text.utf8)) }

    @Test func `a message that no broker accepts fails its sender`() async throws {
        let producer = try unreachableProducer(["delivery.timeout.ms": "300"])
        await #expect { try await producer.send([record("v")], to: "t") } throws: {
            guard let error = $0 as? KafkaError else { return false }
            return error.name == "_MSG_TIMED_OUT" && error.isTransient && !error.isFatal
        }
        await producer.close()
    }

    @Test(arguments: ["delivery.timeout.ms", "message.timeout.ms"])
    func `a sender's wait is bounded even if the operator sets no limit`(
        property: String
    ) async throws {
        let producer = try unreachableProducer([property: "0"])
        let client = try producer.handle().client
        var size = 32
        var text = [CChar](repeating: 0, count: size)
        rd_kafka_conf_get(rd_kafka_conf(client), "delivery.timeout.ms", &text, &size)
        #expect(String(cString: text) == "300000")
        await producer.close()
    }

    @Test func `closing a client that hangs ends after a limit`() async throws {
        let thread = try ThreadExecutor(name: "hangs")
        let gate = DispatchSemaphore(value: 0)
        thread.finish { gate.wait() }
        await thread.ended(within: .milliseconds(20))
        gate.signal()
        await thread.ended()
        await thread.ended()
    }

    @Test(.enabled(if: TestTopic.isEmbedded))
    func `calls in progress fail when the broker ends`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer(["delivery.timeout.ms": "1000"])
        try await topic.send(0..<10, with: producer)
        #expect(producer.lastError == nil)
        topic.broker?.stop()
        await #expect(throws: KafkaError.self) { try await topic.send(0..<10, with: producer) }
        #expect(producer.lastError != nil)
        await producer.close()
    }

    @Test func `a message that is too large fails permanently and alone`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer(["message.max.bytes": "2000"])
        let consumer = try topic.consumer()
        await #expect {
            try await producer.send(
                [record("a"), KafkaRecord(value: [UInt8](repeating: 0, count: 5000)), record("b")],
                to: topic.name)
        } throws: {
            guard let error = $0 as? KafkaError else { return false }
            return error.name == "MSG_SIZE_TOO_LARGE" && !error.isTransient
        }
        #expect(try await Set(consumer.receive(2)) == ["a", "b"])
        await consumer.close()
        await producer.close()
    }

    @Test func `a sender waits for space in a full queue`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer(["queue.buffering.max.messages": "10"])
        let consumer = try topic.consumer()
        try await topic.send(0..<300, with: producer)
        #expect(try await Set(consumer.receive(300)) == Set(TestTopic.values(0..<300)))
        await consumer.close()
        await producer.close()
    }

    @Test func `a queue that remains full fails its sender at the deadline`() async throws {
        let producer = try unreachableProducer([
            "queue.buffering.max.messages": "10", "delivery.timeout.ms": "500",
        ])
        await #expect(throws: KafkaError.self) {
            try await producer.send((0..<100).map { record("v\($0)") }, to: "t")
        }
        await producer.close()
    }

    @Test func `a cancelled sender stops waiting for space`() async throws {
        let producer = try unreachableProducer(["queue.buffering.max.messages": "10"])
        let sending = Task {
            try await producer.send((0..<100).map { record("v\($0)") }, to: "t")
        }
        sending.cancel()
        // Messages already handed to librdkafka fail when the client closes.
        async let closing: Void = producer.close()
        await #expect(throws: KafkaError.self) { try await sending.value }
        await closing
    }

    @Test func `a producer with a fatal error is replaced`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await topic.send(0..<1, with: producer)
        let broken = try producer.handle()
        rd_kafka_test_fatal_error(
            broken.client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "for a test")
        while broken.events.fatal == nil { await Task.yield() }
        #expect(producer.lastError?.isFatal == true)
        #expect(broken.events.fatal?.name == "OUT_OF_ORDER_SEQUENCE_NUMBER")
        try await topic.send(1..<2, with: producer)
        #expect(try await Set(consumer.receive(2)) == ["v0", "v1"])
        await consumer.close()
        await producer.close()
    }

    @Test func `a connection is healthy only when a broker answers`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await producer.checkConnection(timeout: .seconds(10))
        try await consumer.checkConnection(timeout: .seconds(10))
        let alone = try unreachableProducer()
        await #expect(throws: KafkaError.self) {
            try await alone.checkConnection(timeout: .milliseconds(300))
        }
        await alone.close()
        await consumer.close()
        await producer.close()
    }

    @Test func `an unreachable broker is logged`() async throws {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "test") { _ in LineCollector(lines: continuation) }
        let producer = try unreachableProducer(logger: logger)
        var isFailureSeen = false
        var isErrorSeen = false
        for await line in lines {
            isFailureSeen = isFailureSeen || line.contains("FAIL")
            isErrorSeen = isErrorSeen || line.contains("_ALL_BROKERS_DOWN")
            if isFailureSeen && isErrorSeen { break }
        }
        #expect(producer.lastError != nil)
        await producer.close()
    }

    @Test(arguments: [(true, "cannot pause partitions"), (false, "cannot resume partitions")])
    func `partitions that cannot be paused or resumed are logged`(
        isPaused: Bool, message: String
    ) async throws {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let partitions = GroupPartitions(
            Logger(label: "test") { _ in LineCollector(lines: continuation) })
        // A producer knows no partition of this topic.
        let producer = try unreachableProducer()
        let client = try producer.handle().client
        withNativePartitions([KafkaPartition(topic: "t", partition: 0): 0]) { list in
            partitions.rebalance(client, to: list, after: RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        }
        partitions.setPaused(isPaused, client)
        continuation.finish()
        let last = await lines.reduce("") { $1 }
        #expect(last.contains(message), "\(last)")
        #expect(last.contains("_UNKNOWN_PARTITION"), "\(last)")
        await producer.close()
    }
}
