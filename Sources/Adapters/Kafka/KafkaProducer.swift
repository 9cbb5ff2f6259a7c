import CKafkaShim
package import Logging
import Synchronization

/// A message to send.
package struct KafkaRecord: Sendable {
    package var key: [UInt8]
    package var value: [UInt8]
    package var headers: [(name: String, value: [UInt8])]

    package init(key: [UInt8], value: [UInt8], headers: [(name: String, value: [UInt8])] = []) {
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Sends messages and waits for the broker's word: idempotent, acknowledged by all replicas,
/// bounded in memory and in time.
package final class KafkaProducer: Sendable {
    private let handle: KafkaHandle
    private let executor = ThreadExecutor(name: "kafka-producer")
    private let isClosing = Atomic(false)
    private let poller: Mutex<Task<Void, Never>?>

    package init(_ configuration: KafkaConfiguration, logger: Logger) throws(KafkaError) {
        let native = try configuration.makeConfiguration(defaults: [
            "enable.idempotence": "true", "linger.ms": "2", "delivery.timeout.ms": "10000",
            "queue.buffering.max.messages": "100000",
        ])
        rd_kafka_conf_set_dr_msg_cb(native) { _, message, _ in
            guard let message, let opaque = message.pointee._private else { return }
            Unmanaged<PendingSend>.fromOpaque(opaque).takeRetainedValue()
                .settle(message.pointee.err)
        }
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, native, logs: LogTarget(logger))
        poller = Mutex(nil)
        poller.withLock { [handle, executor] task in
            task = Task(executorPreference: executor) { [weak self] in
                while self?.isClosing.load(ordering: .acquiring) == false {
                    rd_kafka_poll(handle.client, 100)
                    await Task.yield()
                }
            }
        }
    }

    deinit { isClosing.store(true, ordering: .releasing) }

    /// Returns when every record is acknowledged; throws the first failure once all are settled.
    package func send(_ records: [KafkaRecord], to topic: String) async throws(KafkaError) {
        guard !records.isEmpty else { return }
        let error = await withCheckedContinuation { continuation in
            let pending = PendingSend(records.count, continuation)
            for record in records { produce(record, to: topic, pending) }
        }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error) }
    }

    private func produce(_ record: KafkaRecord, to topic: String, _ pending: PendingSend) {
        let opaque = Unmanaged.passRetained(pending)
        let headers = record.headers.isEmpty ? nil : rd_kafka_headers_new(record.headers.count)
        for header in record.headers {
            rd_kafka_header_add(
                headers, header.name, -1, header.value, header.value.count)
        }
        let error = kafka_produce(
            handle.client, topic, record.key, record.key.count, record.value,
            record.value.count, headers, opaque.toOpaque())
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        if let headers { rd_kafka_headers_destroy(headers) }
        opaque.release()
        pending.settle(error)
    }

    /// Whether a broker answers.
    package func checkConnection(timeout: Duration) async throws(KafkaError) {
        let handle = handle
        let outcome: Result<Void, KafkaError> = await withTaskExecutorPreference(executor) {
            do throws(KafkaError) {
                return .success(try handle.metadata(timeout: timeout))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Waits up to 5 s for what is under way, then ends.
    package func close() async {
        let handle = handle
        isClosing.store(true, ordering: .releasing)
        await poller.withLock { $0 }?.value
        await withTaskExecutorPreference(executor) {
            _ = rd_kafka_flush(handle.client, 5000)
        }
    }
}

/// Records sent together: one continuation for all of them.
private final class PendingSend: Sendable {
    private struct State {
        var open: Int
        var error = RD_KAFKA_RESP_ERR_NO_ERROR
    }
    private let state: Mutex<State>
    private let continuation: CheckedContinuation<rd_kafka_resp_err_t, Never>

    init(_ count: Int, _ continuation: CheckedContinuation<rd_kafka_resp_err_t, Never>) {
        state = Mutex(State(open: count))
        self.continuation = continuation
    }

    func settle(_ error: rd_kafka_resp_err_t) {
        let outcome = state.withLock { state -> rd_kafka_resp_err_t? in
            state.open -= 1
            if state.error == RD_KAFKA_RESP_ERR_NO_ERROR { state.error = error }
            return state.open == 0 ? state.error : nil
        }
        if let outcome { continuation.resume(returning: outcome) }
    }
}
