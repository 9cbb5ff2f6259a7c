import CKafkaShim
package import Logging

/// Creates topics.
package final class KafkaAdmin: Sendable {
    private let handle: KafkaHandle

    package init(_ configuration: KafkaConfiguration, logger: Logger) throws(KafkaError) {
        let native = try configuration.makeNative(for: .producer)
        handle = try KafkaHandle(.producer, native, logger: logger) { _ in }
        handle.serveCallbacks()
    }

    /// Creates the topics that do not exist, in one request. Existing topics keep their partitions
    /// and settings. Safe to run from several processes at once.
    ///
    /// - Parameters:
    ///   - replication: copies of each partition; `nil` for the broker's default.
    ///   - timeout: bounds the whole call, including the wait for a first broker.
    /// - Returns: the topics created, in the order given.
    /// - Throws: the first failure that the broker reports, or a timeout without a broker.
    package func createMissing(
        _ topics: [String], partitions: Int, replication: Int?, timeout: Duration
    ) async throws(KafkaError) -> [String] {
        let deadline = ContinuousClock.now + timeout
        let handle = handle
        return try await handle.calls.run { () throws(KafkaError) in
            let existing = try handle.topicNames(until: deadline)
            let missing = topics.filter { !existing.contains($0) }
            guard !missing.isEmpty else { return [] }
            return try handle.create(
                missing, partitions: partitions, replication: replication ?? -1, until: deadline)
        }
    }
}

// Blocking calls, for `calls` only.
extension KafkaHandle {
    /// The names of all topics. Unlike a request for named topics, it never creates one.
    fileprivate func topicNames(
        until deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> Set<String> {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let error = rd_kafka_metadata(client, 1, nil, &answer, timeLeft(until: deadline))
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw events.lastError ?? KafkaError(error)
        }
        defer { rd_kafka_metadata_destroy(answer) }
        let count = Int(answer.pointee.topic_cnt)
        return Set((0..<count).map { String(cString: answer.pointee.topics[$0].topic) })
    }

    fileprivate func create(
        _ names: [String], partitions: Int, replication: Int,
        until deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> [String] {
        var topics: [OpaquePointer?] = []
        defer { for topic in topics { rd_kafka_NewTopic_destroy(topic) } }
        for name in names {
            let (topic, fault) = readingText {
                rd_kafka_NewTopic_new(
                    name, Int32(clamping: partitions), Int32(clamping: replication), $0, $1)
            }
            guard let topic else { throw KafkaError(configuration: "\(name): \(fault)") }
            topics.append(topic)
        }
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let milliseconds = timeLeft(until: deadline)
        // The broker responds when the topics are usable, or after this time.
        for set in [
            rd_kafka_AdminOptions_set_operation_timeout, rd_kafka_AdminOptions_set_request_timeout,
        ] {
            let (error, fault) = readingText { set(options, milliseconds, $0, $1) }
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw KafkaError(configuration: fault)
            }
        }
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_CreateTopics(client, &topics, topics.count, options, queue)
        // The request's own timeout expires first.
        guard let event = rd_kafka_queue_poll(queue, milliseconds + 1000) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        defer { rd_kafka_event_destroy(event) }
        return try created(event)
    }

    private func created(_ event: OpaquePointer) throws(KafkaError) -> [String] {
        guard let result = rd_kafka_event_CreateTopics_result(event) else {
            throw KafkaError(rd_kafka_event_error(event))
        }
        var count = 0
        guard let topics = rd_kafka_CreateTopics_result_topics(result, &count) else {
            throw KafkaError(
                rd_kafka_event_error(event), String(cString: rd_kafka_event_error_string(event)))
        }
        var created: [String] = []
        for topic in UnsafeBufferPointer(start: topics, count: count) {
            let name = String(cString: rd_kafka_topic_result_name(topic))
            switch rd_kafka_topic_result_error(topic) {
            case RD_KAFKA_RESP_ERR_NO_ERROR: created.append(name)
            // Another process created it after the list was read.
            case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: continue
            case let error:
                let text = rd_kafka_topic_result_error_string(topic).map { String(cString: $0) }
                throw KafkaError(error, "topic \(name): \(text ?? KafkaError(error).message)")
            }
        }
        return created
    }

    private func timeLeft(until deadline: ContinuousClock.Instant) -> Int32 {
        max(1, ContinuousClock.now.duration(to: deadline).nativeMilliseconds)
    }
}
