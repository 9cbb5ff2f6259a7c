import Kafka
import Testing

/// Members of one group: offsets, pausing, and the assignment of partitions.
@Suite(.timeLimit(.minutes(5))) struct GroupTests {
    @Test func `only messages whose offsets were not stored are delivered again`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<4, key: "one", with: producer)
        let first = try topic.consumer()
        _ = try await first.receive(2, max: 2)
        _ = try await first.receive(2, max: 2, stores: false)
        await first.close()
        let second = try topic.consumer()
        #expect(try await second.receive(2) == ["v2", "v3"])
        await second.close()
        await producer.close()
    }

    @Test func `without automatic commits, only committed offsets are kept`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<4, key: "one", with: producer)
        let first = try topic.consumer(["enable.auto.commit": "false"])
        _ = try await first.receive(2, max: 2)
        try await first.commit()
        // A commit without new offsets is not an error.
        try await first.commit()
        _ = try await first.receive(2, max: 2)
        await first.close()
        let second = try topic.consumer()
        #expect(try await second.receive(2) == ["v2", "v3"])
        await second.close()
        await producer.close()
    }

    @Test func `a paused consumer continues to poll and misses nothing`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        let consumer = try topic.consumer()
        try await topic.send(0..<100, with: producer)
        var values = try await consumer.receive(20, max: 7)
        await consumer.pause()
        try await topic.send(100..<200, with: producer)
        for _ in 0..<8 {
            #expect(try await consumer.nextBatch(max: 10, wait: .milliseconds(50)).isEmpty)
        }
        await consumer.resume()
        values += try await consumer.receive(200 - values.count)
        #expect(values.count == 200)
        #expect(Set(values) == Set(TestTopic.values(0..<200)))
        await consumer.close()
        await producer.close()
    }

    @Test func `partitions assigned during a pause stay paused until the resume`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<20, with: producer)
        let consumer = try topic.consumer()
        await consumer.pause()
        #expect(try await consumer.poll { $0 > 0 } == [])
        for _ in 0..<8 {
            #expect(try await consumer.nextBatch(max: 10, wait: .milliseconds(50)).isEmpty)
        }
        await consumer.resume()
        #expect(try await Set(consumer.receive(20)) == Set(TestTopic.values(0..<20)))
        await consumer.close()
        await producer.close()
    }

    @Test func `partitions revoked during a pause return unpaused after the resume`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<1, with: producer)
        let first = try topic.consumer()
        _ = try await first.receive(1)
        let all = first.assignment.count
        await first.pause()
        let second = try topic.consumer()
        try await settle(first, second, all: all)
        await first.resume()
        await second.close()
        try await first.poll { $0 == all }
        try await topic.send(1..<40, with: producer)
        // The first message can arrive again: its commit races with the next holder's query.
        var missing = Set(TestTopic.values(1..<40))
        while !missing.isEmpty { try await missing.subtract(first.receive(1)) }
        await first.close()
        await producer.close()
    }

    @Test func `two members share the partitions and the last one holds all`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<1, with: producer)
        let first = try topic.consumer()
        let second = try topic.consumer()
        try await first.poll { $0 > 0 }
        let all = try await settle(first, second)
        #expect(Set(first.assignment).isDisjoint(with: second.assignment))
        #expect(Set(first.assignment).union(second.assignment).count == all)
        await first.close()
        try await second.poll { $0 == all }
        await second.close()
        await producer.close()
    }

    @Test func `storing an offset of a revoked partition is not an error`() async throws {
        let topic = try TestTopic()
        let producer = try topic.producer()
        try await topic.send(0..<40, with: producer)
        let first = try topic.consumer()
        var batches: [KafkaBatch] = []
        while batches.reduce(0, { $0 + $1.count }) < 40 {
            batches.append(try await first.nextBatch(max: 40, wait: .milliseconds(200)))
        }
        batches.removeAll { $0.isEmpty }
        let second = try topic.consumer()
        try await settle(first, second)
        for batch in batches { try first.storeOffsets(of: batch) }
        await first.close()
        for batch in batches {
            #expect(throws: KafkaError.self) { try first.storeOffsets(of: batch) }
        }
        await second.close()
        await producer.close()
    }

    @Test func `a deleted topic does not stop the others`() async throws {
        let cluster = try MockCluster(topics: ["kept", "deleted"])
        let producer = try KafkaProducer(cluster.configuration, logger: TestTopic.silent)
        let consumer = try KafkaConsumer(
            cluster.configuration, group: "group", topics: ["kept", "deleted"],
            logger: TestTopic.silent)
        try await consumer.poll { $0 == 8 }
        cluster.loseTopic("deleted")
        let values = TestTopic.values(0..<10)
        try await producer.send(values.map { KafkaRecord(value: Array($0.utf8)) }, to: "kept")
        #expect(try await Set(consumer.receive(10)) == Set(values))
        await consumer.close()
        await producer.close()
    }

    /// Polls both until each holds some of the partitions; returns the total.
    @discardableResult
    private func settle(
        _ first: KafkaConsumer, _ second: KafkaConsumer, all known: Int? = nil
    ) async throws -> Int {
        while true {
            _ = try await first.nextBatch(max: 1000, wait: .milliseconds(20))
            _ = try await second.nextBatch(max: 1000, wait: .milliseconds(20))
            let parts = (first.assignment.count, second.assignment.count)
            guard parts.0 > 0, parts.1 > 0,
                Set(first.assignment).isDisjoint(with: second.assignment)
            else { continue }
            if parts.0 + parts.1 == known ?? parts.0 + parts.1 { return parts.0 + parts.1 }
        }
    }
}
