import CLibRdKafka
import Foundation

/// Messages of a hint's size by bare librdkafka through the embedded broker, sent and received at once
/// over one topic, with what the programs set.
struct BareMessages: Side {
    let name = "librdkafka, one topic"
    let messages: Int

    private static let topic = "bench"
    private static let bytes = 200
    private static let silenceMilliseconds: Int32 = 10_000

    func run(_ site: Site) throws -> Sample {
        let port = "\(Int.random(in: 20000..<30000))"
        let crew = Crew(
            site,
            [
                "PATH": "/usr/bin:/bin", "MILLRACE_BROKER_PORT": port, "MILLRACE_ADMIN_PORT": "0",
                "MILLRACE_BROKER_TOPICS": Self.topic, "MILLRACE_LOG_LEVEL": "error",
            ])
        defer { crew.end() }
        try crew.start("embedded-broker")
        Thread.sleep(forTimeInterval: 1)
        let brokers = ["bootstrap.servers": "127.0.0.1:\(port)"]
        let consumer = try Client(
            RD_KAFKA_CONSUMER,
            brokers.merging([
                "group.id": "bench", "auto.offset.reset": "earliest", "fetch.wait.max.ms": "5",
                "session.timeout.ms": "6000",
            ]) { $1 })
        let producer = try Client(
            RD_KAFKA_PRODUCER,
            brokers.merging([
                "enable.idempotence": "true", "linger.ms": "0",
                "queue.buffering.max.messages": "100000",
            ]) { $1 })
        try consumer.subscribe(to: Self.topic)
        // The first one comes once the group has settled.
        try producer.send(1, of: Self.bytes, to: Self.topic)
        try consumer.receive(1, silence: Self.silenceMilliseconds)
        let (cpu, start) = (Processors.busySeconds(), Date())
        try producer.send(messages, of: Self.bytes, to: Self.topic)
        try consumer.receive(messages, silence: Self.silenceMilliseconds)
        return Sample(
            units: messages, seconds: -start.timeIntervalSinceNow,
            cpuSeconds: Processors.busySeconds() - cpu, walBytes: 0, peakMB: 0)
    }
}

/// A producer or a consumer of librdkafka.
private final class Client {
    private let handle: OpaquePointer

    init(_ type: rd_kafka_type_t, _ settings: [String: String]) throws {
        let configuration = rd_kafka_conf_new()
        var error = [CChar](repeating: 0, count: 256)
        for (name, value) in settings
        where rd_kafka_conf_set(configuration, name, value, &error, error.count) != RD_KAFKA_CONF_OK
        {
            throw BenchFailure("\(name): \(Self.text(error))")
        }
        guard let handle = rd_kafka_new(type, configuration, &error, error.count) else {
            throw BenchFailure(Self.text(error))
        }
        self.handle = handle
    }

    deinit { rd_kafka_destroy(handle) }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func subscribe(to topic: String) throws {
        rd_kafka_poll_set_consumer(handle)
        let topics = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(topics) }
        rd_kafka_topic_partition_list_add(topics, topic, -1)
        guard rd_kafka_subscribe(handle, topics) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchFailure("the topic cannot be subscribed to")
        }
    }

    /// Returns once all are acknowledged.
    func send(_ count: Int, of bytes: Int, to topic: String) throws {
        let target = rd_kafka_topic_new(handle, topic, nil)
        defer { rd_kafka_topic_destroy(target) }
        var payload = [UInt8](repeating: 0x2E, count: bytes)
        for _ in 0..<count {
            while rd_kafka_produce(
                target, -1, RD_KAFKA_MSG_F_COPY, &payload, bytes, nil, 0, nil) != 0
            {
                guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                    throw BenchFailure("a message is not taken")
                }
                rd_kafka_poll(handle, 10)
            }
            rd_kafka_poll(handle, 0)
        }
        guard rd_kafka_flush(handle, 30_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchFailure("messages are not acknowledged")
        }
    }

    func receive(_ count: Int, silence milliseconds: Int32) throws {
        var received = 0
        while received < count {
            guard let message = rd_kafka_consumer_poll(handle, milliseconds) else {
                throw BenchFailure("\(received) of \(count) messages came")
            }
            defer { rd_kafka_message_destroy(message) }
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { received += 1 }
        }
    }
}
