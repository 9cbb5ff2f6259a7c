import CKafkaShim
package import Logging
import Synchronization

/// A member of a consumer group that takes no more than it is asked for.
///
/// Offsets are stored only on request, and what is stored is committed every second, when
/// partitions are given up, at `close` and by `commit`.
package final class KafkaConsumer: Sendable {
    private enum Client {
        case open(KafkaHandle)
        case closed(ThreadExecutor)
    }

    private let client: Mutex<Client>
    /// Met after messages that had to be returned first.
    private let deferred = Mutex<KafkaError?>(nil)
    /// Came while paused: librdkafka may fetch once more while a pause takes effect. Delivered
    /// after the resume.
    private let early = Mutex<[KafkaMessage]>([])

    package init(
        _ configuration: KafkaConfiguration, group: String, topics: [String], logger: Logger
    ) throws(KafkaError) {
        let role = KafkaRole.consumer(group: group)
        let native = try configuration.makeNative(for: role)
        GroupPartitions.install(on: native)
        let handle = try KafkaHandle(role, native, logger: logger, farewell: Self.leaveGroup)
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

    /// Up to `max` messages; empty when none came within `wait` or the task was cancelled.
    ///
    /// Throws when the client is of no more use or may not read, never for a broker that is away
    /// or a topic that is not there: those are logged and waited for.
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
            // A poll may also have been woken for a pause, or because the client closes.
            guard messages.isEmpty, !Task.isCancelled, ContinuousClock.now < deadline,
                case .open = client.withLock({ $0 })
            else { return KafkaBatch(messages) }
        }
    }

    /// Stops delivery from all partitions, present and future; `nextBatch` goes on polling.
    package func pause() async { await setPaused(true) }

    /// Goes on where `pause` stopped.
    package func resume() async { await setPaused(false) }

    /// Marks these messages as taken; does not block. Partitions that were revoked meanwhile are
    /// skipped: their next holder receives the messages again.
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

    /// Commits what is stored; throws when the group's coordinator did not take it within 10 s.
    package func commit() async throws(KafkaError) {
        let handle = try handle()
        try await handle.calls.run { () throws(KafkaError) in
            try handle.commitStored(within: .seconds(10))
        }
    }

    /// The partitions held now, in order.
    package var assignment: [KafkaPartition] {
        guard case .open(let handle) = client.withLock({ $0 }) else { return [] }
        return handle.events.partitions.held
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// Messages that lie ahead in the partitions held, as of the last fetch. Partitions that
    /// nothing was received from yet do not count. Asks no broker.
    package func lag() -> Int64 {
        guard case .open(let handle) = client.withLock({ $0 }) else { return 0 }
        return handle.lag(of: handle.events.partitions.held)
    }

    /// Throws when no broker answers within `timeout`.
    package func checkConnection(timeout: Duration) async throws(KafkaError) {
        try await handle().checkConnection(timeout: timeout)
    }

    /// The last error since something last went well.
    package var lastError: KafkaError? {
        client.withLock { if case .open(let handle) = $0 { handle.events.lastError } else { nil } }
    }

    /// Commits what is stored, leaves the group (within 10 s) and ends the client's threads, within
    /// 12 s in all.
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

    /// What was given away meanwhile is the next holder's.
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

    /// A revoked partition says one of these, depending on how long ago it was.
    private static let harmless = Set(
        [
            RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR__STATE,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
        ].map(\.rawValue))

    /// Commits and leaves, as far as it can be done in 10 s; runs on the polling thread.
    ///
    /// A member that holds no partitions has nothing to commit and waits 1 s: while it is joining,
    /// Kafka answers only when the other members have joined, too.
    private static let leaveGroup: KafkaHandle.Farewell = { client in
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
                client, rd_kafka_event_error(event), rd_kafka_event_topic_partition_list(event))
        }
    }
}
