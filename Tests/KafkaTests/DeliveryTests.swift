import Kafka
import Testing

/// Delivery from a producer to a consumer.
@Suite(.timeLimit(.minutes(5))) struct DeliveryTests {
    @Test func `keys, values and headers arrive unchanged`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        let sent = [
            KafkaRecord(key: Array("k".utf8), value: Array("full".utf8)),
            KafkaRecord(key: nil, value: Array("no key".utf8)),
            KafkaRecord(key: [], value: Array("empty key".utf8)),
            KafkaRecord(key: [0, 255], value: []),
            KafkaRecord(
                value: [0, 1, 2],
                headers: [
                    KafkaHeader("reason", Array("because".utf8)), KafkaHeader("twice", [1]),
                    KafkaHeader("twice", [0, 2]), KafkaHeader("empty", []),
                ]),
        ]
        try await producer.send(sent, to: topic.name)
        var received: [KafkaMessage] = []
        while received.count < sent.count {
            received += try await consumer.nextBatch(max: 10, wait: .milliseconds(200))
        }
        for record in sent {
            #expect(
                received.contains {
                    $0.key == record.key && $0.value == record.value
                        && $0.headers == record.headers
                }, "\(record)")
        }
        #expect(received.allSatisfy { $0.topic == topic.name && $0.timestampMillis ?? 0 > 0 })
        await consumer.close()
        await producer.close()
    }

    @Test func `fifty thousand small messages arrive once each`() async throws {
        let topic = try TestTopic(partitions: 8)
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        let count = 50_000
        async let sending: Void = {
            for start in stride(from: 0, to: count, by: 5000) {
                try await topic.send(start..<start + 5000, with: producer)
            }
        }()
        let values = try await consumer.receive(count)
        try await sending
        #expect(values.count == count)
        #expect(Set(values) == Set(TestTopic.values(0..<count)))
        await consumer.close()
        await producer.close()
    }

    @Test func `messages of one key keep their order`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        for start in stride(from: 0, to: 300, by: 30) {
            try await topic.send(start..<start + 30, key: "one", with: producer)
        }
        #expect(try await consumer.receive(300) == TestTopic.values(0..<300))
        await consumer.close()
        await producer.close()
    }

    @Test func `a batch is never larger than requested`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await topic.send(0..<50, with: producer)
        var seen = 0
        while seen < 50 {
            let batch = try await consumer.nextBatch(max: 7, wait: .milliseconds(200))
            #expect(batch.count <= 7)
            seen += batch.count
        }
        #expect(seen == 50)
        await consumer.close()
        await producer.close()
    }

    @Test func `lag counts the messages that are not read yet`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        #expect(consumer.lag() == 0)
        try await topic.send(0..<20, key: "one", with: producer)
        _ = try await consumer.receive(5, max: 5)
        #expect(consumer.lag() == 15)
        _ = try await consumer.receive(15)
        #expect(consumer.lag() == 0)
        await consumer.close()
        await producer.close()
    }

    @Test func `a batch outlives its consumer`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await topic.send(0..<1, with: producer)
        var batch = try await consumer.nextBatch(max: 1, wait: .seconds(1))
        while batch.isEmpty { batch = try await consumer.nextBatch(max: 1, wait: .seconds(1)) }
        await consumer.close()
        await producer.close()
        #expect(batch.map(\.text) == ["v0"])
    }

    @Test func `a cancelled wait returns at once`() async throws {
        let topic = try TestTopic()
        let consumer = try topic.consumer()
        let waiting = Task { try await consumer.nextBatch(max: 1, wait: .seconds(3600)) }
        // Calls are served in order, so the wait has begun when this one returns.
        await consumer.resume()
        waiting.cancel()
        #expect(try await waiting.value.isEmpty)
        await consumer.close()
    }

    @Test func `a wait ends at its deadline`() async throws {
        let topic = try TestTopic()
        let consumer = try topic.consumer()
        let start = ContinuousClock.now
        #expect(try await consumer.nextBatch(max: 1, wait: .milliseconds(120)).isEmpty)
        #expect(start.duration(to: .now) >= .milliseconds(115))
        await consumer.close()
    }

    @Test func `a call on a closed client throws`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        await consumer.close()
        await consumer.close()
        await producer.close()
        await producer.close()
        await #expect { try await topic.send(0..<1, with: producer) } throws: {
            ($0 as? KafkaError)?.name == "_DESTROY"
        }
        await #expect { try await consumer.nextBatch(max: 1, wait: .seconds(1)) } throws: {
            ($0 as? KafkaError)?.name == "_DESTROY"
        }
        #expect(consumer.assignment.isEmpty)
    }
}
