import CKafkaShim
package import Logging
import Synchronization

/// Sends messages and waits for their acknowledgement by all replicas. Idempotent, and bounded in
/// memory and time.
///
/// A client that librdkafka has declared unusable is replaced at the next use.
package final class KafkaProducer: Sendable {
    private enum Client {
        case open(KafkaHandle)
        case closed(ThreadExecutor)
    }

    private let configuration: KafkaConfiguration
    private let logger: Logger
    private let client: Mutex<Client>
    /// Maximum time that a call waits for space in the queue.
    private let deliveryTimeout: Duration

    package init(_ configuration: KafkaConfiguration, logger: Logger) throws(KafkaError) {
        self.configuration = configuration
        self.logger = logger
        let (handle, deliveryTimeout) = try Self.open(configuration, logger)
        self.deliveryTimeout = deliveryTimeout
        client = Mutex(.open(handle))
    }

    /// Returns when every record is acknowledged; throws the first failure once all are settled.
    ///
    /// Waits for space when the queue is full. Cancellation ends this wait, but not the wait for
    /// records in flight, which is limited by `delivery.timeout.ms` (default: 10 s; at most five
    /// minutes if it is 0).
    package func send(_ records: [KafkaRecord], to topic: String) async throws(KafkaError) {
        guard !records.isEmpty else { return }
        let pending = PendingSend(records.count)
        try await enqueue(records, to: topic, pending)
        if let failure = await pending.outcome() { throw failure }
    }

    /// Throws when no broker answers within `timeout`.
    package func checkConnection(timeout: Duration) async throws(KafkaError) {
        try await handle().checkConnection(timeout: timeout)
    }

    /// The last error. A success clears it unless it is fatal.
    package var lastError: KafkaError? {
        client.withLock { if case .open(let handle) = $0 { handle.events.lastError } else { nil } }
    }

    /// Waits up to 5 s for records in flight, fails the rest, and ends the client's threads, within
    /// 12 s in total.
    package func close() async {
        let ending = client.withLock { client in
            if case .open(let handle) = client { client = .closed(handle.polls) }
            guard case .closed(let thread) = client else { return nil as ThreadExecutor? }
            return thread
        }
        await ending?.ended()
    }

    /// The current client, replaced after a fatal error. Internal for tests.
    func handle() throws(KafkaError) -> KafkaHandle {
        try client.withLock { client throws(KafkaError) in
            guard case .open(let handle) = client else { throw .closed }
            guard let fatal = handle.events.fatal else { return handle }
            logger.warning(
                "replacing the kafka producer after a fatal error", metadata: ["error": "\(fatal)"])
            let fresh = try Self.open(configuration, logger).handle
            client = .open(fresh)
            return fresh
        }
    }

    private func enqueue(
        _ records: [KafkaRecord], to topic: String, _ pending: PendingSend
    ) async throws(KafkaError) {
        let handle = try handle()
        guard let native = rd_kafka_topic_new(handle.client, topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), of: handle.client)
        }
        defer { rd_kafka_topic_destroy(native) }
        let deadline = ContinuousClock.now + deliveryTimeout
        for (index, record) in records.enumerated() {
            var error = handle.produce(record, to: native, pending)
            while error == RD_KAFKA_RESP_ERR__QUEUE_FULL, ContinuousClock.now < deadline {
                // Delivery reports free space. A cancelled sleep ends the wait.
                do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
                error = handle.produce(record, to: native, pending)
            }
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let failure = KafkaError(error, of: handle.client)
            guard error != RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                return pending.settle(failure, count: records.count - index)
            }
            pending.settle(failure)
        }
    }

    private static func open(
        _ configuration: KafkaConfiguration, _ logger: Logger
    ) throws(KafkaError) -> (handle: KafkaHandle, deliveryTimeout: Duration) {
        let native = try configuration.makeNative(for: .producer)
        let deliveryTimeout: Duration
        do throws(KafkaError) {
            deliveryTimeout = try boundDeliveryTimeout(of: native)
        } catch {
            rd_kafka_conf_destroy(native)
            throw error
        }
        rd_kafka_conf_set_dr_msg_cb(native) { client, message, _ in
            guard let client, let message, let opaque = message.pointee._private else { return }
            let pending = Unmanaged<PendingSend>.fromOpaque(opaque).takeRetainedValue()
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                ClientEvents.of(client)?.noteSuccess()
                pending.settle(nil)
            } else {
                pending.settle(KafkaError(message.pointee.err, of: client))
            }
        }
        let handle = try KafkaHandle(.producer, native, logger: logger) { client in
            rd_kafka_flush(client, 5000)
            // Fails the records that are still waiting.
            rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_flush(client, 1000)
        }
        handle.serveCallbacks()
        return (handle, deliveryTimeout)
    }

    /// librdkafka's own default.
    private static let deliveryTimeoutMax = Duration.seconds(300)

    /// Reads `delivery.timeout.ms`. For librdkafka, 0 means no limit: a sender would wait for a
    /// lost broker without end. It is replaced by five minutes.
    private static func boundDeliveryTimeout(
        of native: OpaquePointer
    ) throws(KafkaError) -> Duration {
        let property = "delivery.timeout.ms"
        let (_, text) = readingText { text, count in
            var size = count
            return rd_kafka_conf_get(native, property, text, &size)
        }
        if let timeout = Int(text), timeout > 0 { return .milliseconds(timeout) }
        let limit = "\(deliveryTimeoutMax.nativeMilliseconds)"
        let (result, fault) = readingText { rd_kafka_conf_set(native, property, limit, $0, $1) }
        guard result == RD_KAFKA_CONF_OK else { throw KafkaError(configuration: fault) }
        return deliveryTimeoutMax
    }
}

extension KafkaHandle {
    /// Enqueues a copy of a record. On success, its delivery report settles it.
    fileprivate func produce(
        _ record: KafkaRecord, to topic: OpaquePointer, _ pending: PendingSend
    ) -> rd_kafka_resp_err_t {
        let opaque = Unmanaged.passRetained(pending)
        let headers = Self.nativeHeaders(record.headers)
        let error = record.value.withUnsafeBytes { value in
            guard let key = record.key else {
                return kafka_produce(
                    client, topic, nil, 0, value.baseAddress, value.count, headers,
                    opaque.toOpaque())
            }
            // An array's pointer is never NULL here. NULL would mean no key.
            return kafka_produce(
                client, topic, key, key.count, value.baseAddress, value.count, headers,
                opaque.toOpaque())
        }
        if error != RD_KAFKA_RESP_ERR_NO_ERROR {
            if let headers { rd_kafka_headers_destroy(headers) }
            opaque.release()
        }
        return error
    }

    private static func nativeHeaders(_ headers: [KafkaHeader]) -> OpaquePointer? {
        guard !headers.isEmpty else { return nil }
        let native = rd_kafka_headers_new(headers.count)
        for header in headers {
            rd_kafka_header_add(native, header.name, -1, header.value, header.value.count)
        }
        return native
    }
}
