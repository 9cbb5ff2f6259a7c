import NIOCore
import TestSupport
import Testing

@testable import Kafka

@Suite(.timeLimit(.minutes(2))) struct FetchGateTests {
    @Test(.enabled(if: TestTopic.isEmbedded))
    func `a message ends a wait for messages`() async throws {
        let topic = try TestTopic()
        // The mock cluster alone would answer the waiting fetch only after 50 s.
        let consumer = try topic.consumer(["fetch.wait.max.ms": "50000"])
        let producer = try topic.producer()
        try await topic.send(0..<1, with: producer)
        #expect(try await consumer.receive(1) == ["v0"])
        for number in 1..<20 {
            try await topic.send(number..<(number + 1), with: producer)
            let batch = try await consumer.nextBatch(max: 10, wait: .seconds(20))
            #expect(batch.map(\.text) == ["v\(number)"])
        }
        await consumer.close()
        await producer.close()
    }

    @Test(.enabled(if: TestTopic.isEmbedded))
    func `messages that are larger than one read arrive whole`() async throws {
        let topic = try TestTopic()
        let consumer = try topic.consumer()
        let producer = try topic.producer()
        let value = (0..<900_000).map { UInt8(truncatingIfNeeded: $0) }
        for _ in 0..<5 { try await producer.send([KafkaRecord(value: value)], to: topic.name) }
        for _ in 0..<5 { #expect(try await consumer.one().value == value) }
        await consumer.close()
        await producer.close()
    }

    @Test func `the wait of a fetch is replaced by zero`() throws {
        let frame = fetch(version: 11, topics: ["a", "bc"], offset: 7)
        guard case .fetch(let fetch) = BrokerRequest(frame) else {
            Issue.record("not read as a fetch")
            return
        }
        #expect(fetch.topics == ["a", "bc"])
        #expect(fetch.wait == .milliseconds(500))
        #expect(fetch.frame.readableBytes == frame.readableBytes)
        guard case .fetch(let again) = BrokerRequest(fetch.frame) else {
            Issue.record("the rewritten frame is not a fetch")
            return
        }
        #expect(again.wait == .zero)
        #expect(again.topics == fetch.topics)
    }

    @Test(arguments: 0...11)
    func `a fetch has the same positions in any order`(version: Int) throws {
        func positions(
            _ topics: [String], partitions: [Int32] = [0, 1], offset: Int64 = 7
        ) -> Set<FetchRequest.Position>? {
            let frame = fetch(
                version: Int16(version), topics: topics, partitions: partitions, offset: offset)
            guard case .fetch(let fetch) = BrokerRequest(frame) else { return nil }
            return fetch.positions
        }
        let first = try #require(positions(["a", "b"]))
        #expect(first.count == 4)
        #expect(positions(["b", "a"], partitions: [1, 0]) == first)
        #expect(positions(["a", "b"], offset: 8) != first)
        #expect(positions(["a"]) != first)
    }

    @Test func `a truncated fetch or one of an unknown version passes unchanged`() {
        let frame = fetch(version: 11, topics: ["a"], offset: 7)
        for length in 0..<frame.readableBytes {
            guard case .other = BrokerRequest(frame.getSlice(at: 0, length: length)!) else {
                Issue.record("\(length) bytes were read as a whole request")
                return
            }
        }
        guard case .other = BrokerRequest(fetch(version: 12, topics: ["a"], offset: 7)) else {
            Issue.record("version 12 has tagged fields")
            return
        }
    }

    @Test(arguments: [Int16(2), 7, 8])
    func `the topics of a write are read`(version: Int16) {
        guard case .produce(3, let topics) = BrokerRequest(produce(version: version)) else {
            Issue.record("not read as a write")
            return
        }
        #expect(topics == ["a", "b"])
    }

    @Test func `a write of an unknown version may concern any topic`() {
        guard case .produce(3, nil) = BrokerRequest(produce(version: 9)) else {
            Issue.record("not read as a write to unknown topics")
            return
        }
    }

    @Test func `a write without an acknowledgement has no correlation`() {
        let request = BrokerRequest(produce(version: 7, acknowledgements: 0))
        guard case .produce(nil, ["a", "b"]) = request else {
            Issue.record("read as \(request)")
            return
        }
    }

    @Test(.enabled(if: TestTopic.isEmbedded))
    func `a message that is not acknowledged ends a wait for messages`() async throws {
        let topic = try TestTopic()
        let consumer = try topic.consumer(["fetch.wait.max.ms": "50000"])
        let producer = try topic.producer(["acks": "0", "enable.idempotence": "false"])
        try await topic.send(0..<1, with: producer)
        #expect(try await consumer.receive(1) == ["v0"])
        for number in 1..<5 {
            try await topic.send(number..<(number + 1), with: producer)
            let batch = try await consumer.nextBatch(max: 10, wait: .seconds(20))
            #expect(batch.map(\.text) == ["v\(number)"])
        }
        await consumer.close()
        await producer.close()
    }

    @Test func `only writes to the topics of a fetch release it`() {
        let writes = TopicWrites()
        var released = 0
        writes.wait(self.waiter, for: ["a", "b"]) { released += 1 }
        writes.note(["c"])
        #expect(released == 0)
        #expect(writes.count(of: ["a", "b"]) == 0)
        writes.note(["b", "c"])
        #expect(released == 1)
        #expect(writes.count(of: ["a", "b"]) == 1)
        writes.note(nil)
        #expect(released == 2)
        #expect(writes.count(of: ["a", "b"]) == 2)
        writes.stopWaiting(self.waiter)
        writes.note(["a"])
        #expect(released == 2)
    }

    @Test(arguments: 1...40)
    func `responses are separated in pieces of any size`(piece: Int) {
        var stream = ByteBuffer()
        let sizes = [0, 1, 100, 3, 0, 17]
        for (number, size) in sizes.enumerated() {
            stream.writeInteger(Int32(4 + size))
            stream.writeInteger(Int32(number))
            stream.writeRepeatingByte(255, count: size)
        }
        var responses = ResponseStream()
        var found: [Int32] = []
        while let bytes = stream.readSlice(length: min(piece, stream.readableBytes)),
            bytes.readableBytes > 0
        {
            found += responses.correlations(in: bytes)
        }
        #expect(found == [0, 1, 2, 3, 4, 5])
    }

    private final class Waiter {}
    private let waiter = Waiter()

    private func frame(
        key: Int16, version: Int16, correlation: Int32, _ body: (inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.writeMultipleIntegers(key, version, correlation)
        payload.writeShort("client")
        body(&payload)
        var frame = ByteBuffer()
        frame.writeInteger(Int32(payload.readableBytes))
        frame.writeBuffer(&payload)
        return frame
    }

    private func fetch(
        version: Int16, topics: [String], partitions: [Int32] = [0, 1], offset: Int64
    ) -> ByteBuffer {
        frame(key: 1, version: version, correlation: 1) { body in
            body.writeMultipleIntegers(Int32(-1), Int32(500), Int32(1))
            if version >= 3 { body.writeInteger(Int32(1 << 20)) }
            if version >= 4 { body.writeInteger(Int8(0)) }
            if version >= 7 { body.writeMultipleIntegers(Int32(0), Int32(-1)) }
            body.writeInteger(Int32(topics.count))
            for topic in topics {
                body.writeShort(topic)
                body.writeInteger(Int32(partitions.count))
                for partition in partitions {
                    body.writeInteger(partition)
                    if version >= 9 { body.writeInteger(Int32(-1)) }
                    body.writeInteger(offset)
                    if version >= 5 { body.writeInteger(Int64(-1)) }
                    body.writeInteger(Int32(1 << 20))
                }
            }
        }
    }

    private func produce(version: Int16, acknowledgements: Int16 = -1) -> ByteBuffer {
        frame(key: 0, version: version, correlation: 3) { body in
            if version >= 3 { body.writeInteger(Int16(-1)) }
            body.writeMultipleIntegers(acknowledgements, Int32(1000), Int32(2))
            for topic in ["a", "b"] {
                body.writeShort(topic)
                body.writeMultipleIntegers(Int32(1), Int32(0), Int32(5))
                body.writeRepeatingByte(1, count: 5)
            }
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeShort(_ text: String) {
        writeInteger(Int16(text.utf8.count))
        writeString(text)
    }
}
