import CKafkaShim
package import Logging
import Synchronization

/// A member of a consumer group that delivers messages on request.
///
/// Offsets are stored only on request. Stored offsets are committed every second, when partitions
/// are revoked, by `commit` and by `close`.
package final class KafkaConsumer: Sendable {
    private enum Client {
        case open(KafkaHandle)
        case closed(ThreadExecutor)
    }

    private let client: Mutex<Client>
    /// An error that followed messages in a poll. The next poll throws it.
    private let deferred = Mutex<KafkaError?>(nil)
    /// Messages received while paused, because librdkafka may fetch once more before a pause takes
    /// effect. Delivered after `resume`.
    private let early = Mutex<[KafkaMessage]>([])

    package init(
        _ configuration: KafkaConfiguration, group: String, topics: [String], logger: Logger
    ) throws(KafkaError) {
        let role = KafkaRole.consumer(group: group)
        let native = try configuration.makeNative(for: role)
        GroupPartitions.install(on: native)
        let handle = try KafkaHandle(role, native, logger: logger, beforeClose: Self.leaveGroup)
        rd_kafka_poll_set_consumer(handle.client)
        let subscription = topics.map { (KafkaPartition(topic: $0, partition: -1), Int64(0)) }
        let error = withNativePartitions(Dictionary(subscription) { $1 }) {
            rd_kafka_subscribe(handle.client, $0)
        }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(error, of: handle.client)
        }
        client = Mutex(.open(handle))
    }

    /// Returns up to `max` messages; none when `wait` has passed or the task is cancelled.
    ///
    /// Throws when the client is closed, unusable or not authorised to read. An unreachable broker
    /// or a missing topic does not throw; it is logged and waited for.
    package func nextBatch(max: Int, wait: Duration) async throws(KafkaError) -> KafkaBatch {
        let deadline = ContinuousClock.now + wait
        while true {
            let handle = try handle()
            let left = Swift.max(.zero, ContinuousClock.now.duration(to: deadline))
            let polled = await withTaskCancellationHandler {
                await handle.polls.run {
                    Result { () throws(KafkaError) in
                        try self.poll(handle, max: Swift.max(1, max), wait: left)
                    }
                }
            } onCancel: {
                handle.wakePoll()
            }
            let messages = try polled.get()
            // A pause or the end of the client also wakes a poll.
            guard messages.isEmpty, !Task.isCancelled, ContinuousClock.now < deadline,
                case .open = client.withLock({ $0 })
            else { return KafkaBatch(messages) }
        }
    }

    /// Stops delivery from all present and future partitions. `nextBatch` continues to poll.
    package func pause() async { await setPaused(true) }

    /// Resumes delivery where `pause` stopped it.
    package func resume() async { await setPaused(false) }

    /// Stores the offsets after these messages for the next commit; does not block. Skips revoked
    /// partitions, whose next holder receives the messages again.
    package func storeOffsets(of batch: KafkaBatch) throws(KafkaError) {
        guard !batch.isEmpty else { return }
        let handle = try handle()
        let error = withNativePartitions(batch.nextOffsets) { list in
            let error = rd_kafka_offsets_store(handle.client, list)
            let errors = CollectionOfOne(error) + list.elements.map(\.err)
            return errors.first { !Self.harmless.contains($0.rawValue) }
        }
        if let error { throw KafkaError(error, of: handle.client) }
    }

    /// Commits the stored offsets. Throws unless the group's coordinator confirms within 10 s.
    package func commit() async throws(KafkaError) {
        let handle = try handle()
        try await handle.calls.run { () throws(KafkaError) in
            try handle.commitStored(within: .seconds(10))
        }
    }

    /// The partitions that are held now, sorted.
    package var assignment: [KafkaPartition] {
        guard case .open(let handle) = client.withLock({ $0 }) else { return [] }
        return handle.events.partitions.held
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// The number of undelivered messages in the partitions held, as of the last fetch. Does not
    /// count partitions from which nothing was received yet. Sends no request.
    package func lag() -> Int64 {
        guard case .open(let handle) = client.withLock({ $0 }) else { return 0 }
        return handle.lag(of: handle.events.partitions.held)
    }

    /// Throws when no broker answers within `timeout`.
    package func checkConnection(timeout: Duration) async throws(KafkaError) {
        try await handle().checkConnection(timeout: timeout)
    }

    /// The last error. A success clears it unless it is fatal.
    package var lastError: KafkaError? {
        client.withLock { if case .open(let handle) = $0 { handle.events.lastError } else { nil } }
    }

    /// Commits the stored offsets, leaves the group (within 10 s) and ends the client's threads,
    /// within 12 s in total.
    package func close() async {
        let ending = client.withLock { client in
            if case .open(let handle) = client {
                client = .closed(handle.polls)
                handle.wakePoll()
            }
            guard case .closed(let thread) = client else { return nil as ThreadExecutor? }
            return thread
        }
        await ending?.ended()
    }

    private func handle() throws(KafkaError) -> KafkaHandle {
        guard case .open(let handle) = client.withLock({ $0 }) else { throw .closed }
        return handle
    }

    private func setPaused(_ isPaused: Bool) async {
        guard case .open(let handle) = client.withLock({ $0 }) else { return }
        await handle.polls.run(onceQueued: handle.wakePoll) {
            handle.events.partitions.setPaused(isPaused, handle.client)
        }
    }

    /// Runs on the polling thread.
    private func poll(
        _ handle: KafkaHandle, max: Int, wait: Duration
    ) throws(KafkaError) -> [KafkaMessage] {
        if let error = deferred.withLock({ $0.take() }) { throw error }
        let partitions = handle.events.partitions
        var messages = partitions.isPaused ? [] : takeEarly(max, of: partitions.held)
        guard messages.isEmpty else { return messages }
        var reader = MessageReader()
        var timeout = wait.nativeMilliseconds
        while messages.count < max, let native = rd_kafka_consumer_poll(handle.client, timeout) {
            defer { rd_kafka_message_destroy(native) }
            timeout = 0
            if native.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                messages.append(reader.read(native))
                continue
            }
            guard let error = handle.failure(in: native) else { continue }
            if messages.isEmpty { throw error }
            deferred.withLock { $0 = error }
            break
        }
        if !messages.isEmpty { handle.events.noteSuccess() }
        guard partitions.isPaused else { return messages }
        early.withLock { $0 += messages }
        return []
    }

    /// Drops messages of revoked partitions, because the next holder receives them.
    private func takeEarly(_ max: Int, of held: Set<KafkaPartition>) -> [KafkaMessage] {
        early.withLock { early in
            guard !early.isEmpty else { return [] }
            early.removeAll { message in
                !held.contains(KafkaPartition(topic: message.topic, partition: message.partition))
            }
            let taken = Array(early.prefix(max))
            early.removeFirst(taken.count)
            return taken
        }
    }

    /// Success, and the errors for a revoked partition, which vary with the time since.
    private static let harmless = Set(
        [
            RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR__STATE,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
        ].map(\.rawValue))

    /// Commits and leaves the group, within 10 s. Runs on the polling thread.
    ///
    /// A member without partitions has nothing to commit and waits 1 s. While it is joining, Kafka
    /// responds only once the other members have joined.
    private static let leaveGroup: KafkaHandle.BeforeClose = { client in
        let holdsPartitions = ClientEvents.of(client)?.partitions.held.isEmpty == false
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        if let failure = rd_kafka_consumer_close_queue(client, queue) {
            rd_kafka_error_destroy(failure)
            return
        }
        let deadline = ContinuousClock.now + .seconds(holdsPartitions ? 10 : 1)
        while rd_kafka_consumer_closed(client) == 0, ContinuousClock.now < deadline {
            guard let event = rd_kafka_queue_poll(queue, 100) else { continue }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE else { continue }
            ClientEvents.of(client)?.partitions.rebalance(
                client, to: rd_kafka_event_topic_partition_list(event),
                after: rd_kafka_event_error(event))
        }
    }
}
