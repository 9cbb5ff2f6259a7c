import CLibRdKafka
import Foundation

/// The hand-overs of documents in bare librdkafka: three hints per document, as the programs send
/// them. One thread sends and another receives, through the embedded broker.
struct BareHints: Side {
    let name = "librdkafka alone, three hints"
    let documents: Int

    private static let topics = ["chunk", "embed", "flush"]
    private static let silenceMilliseconds: Int32 = 10_000

    func run(_ site: Site) throws -> Sample {
        let port = "\(Int.random(in: 20000..<30000))"
        let processes = Processes(
            site,
            [
                "PATH": "/usr/bin:/bin", "MILLRACE_BROKER_PORT": port, "MILLRACE_ADMIN_PORT": "any",
                "MILLRACE_BROKER_TOPICS": Self.topics.joined(separator: ","),
                "MILLRACE_LOG_LEVEL": "error",
            ])
        defer { processes.end() }
        try processes.start("embedded-broker")
        Thread.sleep(forTimeInterval: 1)
        let (producer, consumer) = try Self.clients("127.0.0.1:\(port)")
        try consumer.subscribe(to: Self.topics)
        // The first hints arrive once the group has settled.
        try producer.send(1, to: Self.topics)
        try consumer.receive(Self.topics.count, silence: Self.silenceMilliseconds)
        let (cpu, start) = (Processors.busySeconds(), Date())
        let sending = Sending(producer, documents, Self.topics)
        try consumer.receive(documents * Self.topics.count, silence: Self.silenceMilliseconds)
        try sending.end()
        return Sample(
            units: documents, seconds: -start.timeIntervalSinceNow,
            cpuSeconds: Processors.busySeconds() - cpu, walBytes: 0, peakMB: 0)
    }

    /// Creates clients with the programs' settings.
    private static func clients(_ broker: String) throws -> (producer: Client, consumer: Client) {
        let producer = try Client(
            RD_KAFKA_PRODUCER,
            [
                "bootstrap.servers": broker, "enable.idempotence": "true", "acks": "all",
                "linger.ms": "0", "queue.buffering.max.messages": "100000",
                "queue.buffering.max.kbytes": "65536",
            ])
        let consumer = try Client(
            RD_KAFKA_CONSUMER,
            [
                "bootstrap.servers": broker, "group.id": "bench", "auto.offset.reset": "earliest",
                "session.timeout.ms": "6000", "heartbeat.interval.ms": "2000",
                "auto.commit.interval.ms": "1000",
                // The mock cluster answers an empty fetch only after this time.
                "fetch.wait.max.ms": "5",
                "partition.assignment.strategy": "range", "queued.min.messages": "1000",
                "queued.max.messages.kbytes": "4096",
            ])
        return (producer, consumer)
    }
}

/// Sends hints on a thread of its own.
private final class Sending: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var outcome: Result<Void, any Error> = .success(())

    init(_ producer: Client, _ documents: Int, _ topics: [String]) {
        Thread.detachNewThread { [self] in
            outcome = Result { try producer.send(documents, to: topics) }
            done.signal()
        }
    }

    func end() throws {
        done.wait()
        try outcome.get()
    }
}

/// A producer or a consumer of librdkafka.
private final class Client: @unchecked Sendable {
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

    func subscribe(to topics: [String]) throws {
        rd_kafka_poll_set_consumer(handle)
        let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for topic in topics { rd_kafka_topic_partition_list_add(list, topic, -1) }
        guard rd_kafka_subscribe(handle, list) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchFailure("the topics cannot be subscribed to")
        }
    }

    /// Sends one hint per job to each topic. Returns once all are acknowledged.
    func send(_ jobs: Int, to topics: [String]) throws {
        let targets = topics.map { (name: $0, topic: rd_kafka_topic_new(handle, $0, nil)) }
        defer { targets.forEach { rd_kafka_topic_destroy($0.topic) } }
        for _ in 0..<jobs {
            let key = Array(UUID().uuidString.lowercased().utf8)
            for (name, topic) in targets {
                let job = String(decoding: key, as: UTF8.self)
                var hint = Array(#"{"job":"\#(job)","queue":"\#(name)","v":1}"#.utf8)
                while rd_kafka_produce(
                    topic, -1, RD_KAFKA_MSG_F_COPY, &hint, hint.count, key, key.count, nil) != 0
                {
                    guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                        throw BenchFailure("a hint was not accepted")
                    }
                    rd_kafka_poll(handle, 10)
                }
            }
            rd_kafka_poll(handle, 0)
        }
        guard rd_kafka_flush(handle, 30_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchFailure("hints are not acknowledged")
        }
    }

    func receive(_ count: Int, silence milliseconds: Int32) throws {
        var received = 0
        while received < count {
            guard let message = rd_kafka_consumer_poll(handle, milliseconds) else {
                throw BenchFailure("\(received) of \(count) hints arrived")
            }
            defer { rd_kafka_message_destroy(message) }
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { received += 1 }
        }
    }
}
