import CKafkaShim
package import Logging
import Synchronization

/// A member of a consumer group that takes no more than it is asked for.
///
/// Offsets are stored only on request and committed in the background every second. All calls
/// into librdkafka that block run on one thread.
package final class KafkaConsumer: Sendable {
    private let handle: KafkaHandle
    private let assignment: AssignmentTarget
    private let executor = ThreadExecutor(name: "kafka-consumer")
    private let isClosed = Atomic(false)

    package init(
        _ configuration: KafkaConfiguration, group: String, topics: [String], logger: Logger
    ) throws(KafkaError) {
        let native = try configuration.makeConfiguration(defaults: [
            "group.id": group, "enable.auto.offset.store": "false",
            "enable.auto.commit": "true", "auto.commit.interval.ms": "1000",
            "auto.offset.reset": "earliest", "session.timeout.ms": "6000",
            "heartbeat.interval.ms": "2000", "fetch.wait.max.ms": "10",
            "partition.assignment.strategy": "range", "allow.auto.create.topics": "true",
            "queued.min.messages": "1000", "queued.max.messages.kbytes": "1024",
            "topic.metadata.refresh.interval.ms": "10000",
        ])
        assignment = AssignmentTarget(logger)
        rd_kafka_conf_set_rebalance_cb(native) { client, event, partitions, opaque in
            guard let client, let opaque else { return }
            (Unmanaged<LogTarget>.fromOpaque(opaque).takeUnretainedValue() as? AssignmentTarget)?
                .rebalance(client, event, partitions)
        }
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, native, logs: assignment)
        rd_kafka_poll_set_consumer(handle.client)
        let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for topic in topics { rd_kafka_topic_partition_list_add(list, topic, -1) }
        let error = rd_kafka_subscribe(handle.client, list)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error) }
    }

    /// Up to `max` messages; empty when none came within `wait` or the task was cancelled.
    package func nextBatch(max: Int, wait: Duration) async throws(KafkaError) -> KafkaBatch {
        let outcome: Result<KafkaBatch, KafkaError> = await withTaskExecutorPreference(executor) {
            do throws(KafkaError) {
                return .success(try self.poll(max: max, wait: wait))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Polls in short steps, so that cancellation is noticed.
    private func poll(max: Int, wait: Duration) throws(KafkaError) -> KafkaBatch {
        let deadline = ContinuousClock.now + wait
        var messages: [KafkaMessage] = []
        while messages.count < max, !isClosed.load(ordering: .acquiring) {
            let left = ContinuousClock.now.duration(to: deadline)
            let step = messages.isEmpty ? Swift.max(.zero, Swift.min(left, .milliseconds(50))) : .zero
            guard let message = rd_kafka_consumer_poll(handle.client, Int32(step / .milliseconds(1)))
            else {
                if !messages.isEmpty || left <= .zero || Task.isCancelled { break }
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR: messages.append(KafkaMessage(message.pointee))
            case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
                throw KafkaError(message.pointee.err)
            default: assignment.note(KafkaError(message.pointee.err))
            }
        }
        return KafkaBatch(messages: messages)
    }

    /// Stops delivery from all partitions, present and future; polling goes on.
    package func pause() async { await setPaused(true) }
    package func resume() async { await setPaused(false) }

    private func setPaused(_ isPaused: Bool) async {
        await withTaskExecutorPreference(executor) {
            self.assignment.setPaused(isPaused, self.handle.client)
        }
    }

    /// Marks these messages as taken. Partitions that were revoked meanwhile are skipped.
    package func storeOffsets(of batch: KafkaBatch) throws(KafkaError) {
        struct Partition: Hashable {
            let topic: String
            let number: Int32
        }
        var next: [Partition: Int64] = [:]
        for message in batch.messages {
            let partition = Partition(topic: message.topic, number: message.partition)
            next[partition] = Swift.max(next[partition] ?? 0, message.offset + 1)
        }
        let list = rd_kafka_topic_partition_list_new(Int32(next.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in next {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.number)?
                .pointee.offset = offset
        }
        let error = rd_kafka_offsets_store(handle.client, list)
        let fine = [RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR__STATE]
        guard fine.contains(error) else { throw KafkaError(error) }
    }

    /// Whether a broker answers.
    package func checkConnection(timeout: Duration) async throws(KafkaError) {
        try handle.metadata(timeout: timeout)
    }

    /// Commits stored offsets and leaves the group.
    package func close() async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let handle = handle
        await withTaskExecutorPreference(executor) {
            _ = rd_kafka_consumer_close(handle.client)
        }
    }
}

extension KafkaMessage {
    fileprivate init(_ message: rd_kafka_message_t) {
        self.init(
            topic: String(cString: rd_kafka_topic_name(message.rkt)),
            partition: message.partition, offset: message.offset,
            key: Array(UnsafeRawBufferPointer(start: message.key, count: message.key_len)),
            value: Array(UnsafeRawBufferPointer(start: message.payload, count: message.len)))
    }
}

/// Follows the group's rebalances; runs on the polling thread, inside `rd_kafka_consumer_poll`.
///
/// `@unchecked Sendable`: `isPaused` is touched on the consumer's thread alone.
private final class AssignmentTarget: LogTarget, @unchecked Sendable {
    private let logger: Logger
    private var isPaused = false

    override init(_ logger: Logger) {
        self.logger = logger
        super.init(logger)
    }

    func note(_ error: KafkaError) {
        logger.debug("consumer", metadata: ["error": "\(error)"])
    }

    func rebalance(
        _ client: OpaquePointer, _ event: rd_kafka_resp_err_t,
        _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        if event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            rd_kafka_assign(client, partitions)
            if isPaused { rd_kafka_pause_partitions(client, partitions) }
        } else {
            rd_kafka_assign(client, nil)
        }
        logger.debug(
            "rebalanced",
            metadata: [
                "event": "\(String(cString: rd_kafka_err2name(event)))",
                "partitions": "\(partitions?.pointee.cnt ?? 0)",
            ])
    }

    func setPaused(_ isPaused: Bool, _ client: OpaquePointer) {
        self.isPaused = isPaused
        var partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard rd_kafka_assignment(client, &partitions) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let partitions
        else { return }
        defer { rd_kafka_topic_partition_list_destroy(partitions) }
        _ =
            isPaused
            ? rd_kafka_pause_partitions(client, partitions)
            : rd_kafka_resume_partitions(client, partitions)
    }
}
