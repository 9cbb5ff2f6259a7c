// Kafka: a client of librdkafka, and an embedded broker for one machine.
//
// Invariants: offsets are stored only on request. Every wait has a bound. Blocking calls run on the
// client's own threads. No sender waits beyond the client's end.
// Neighbours: KafkaHints defines the content of the messages.

import CKafkaShim
import Logging

/// Owns an `rd_kafka_t` and its two threads. Releasing the last reference ends all three.
///
/// `@unchecked Sendable`: librdkafka may be called from any thread.
final class KafkaHandle: @unchecked Sendable {
    typealias BeforeClose = @Sendable (OpaquePointer) -> Void

    let client: OpaquePointer
    let events: ClientEvents
    /// Polls, and finally destroys the client.
    let polls: ThreadExecutor
    /// Runs blocking calls that must not delay polling.
    let calls: ThreadExecutor
    private let isEnding: StopFlag
    private let beforeClose: BeforeClose

    /// Takes ownership of `native`.
    ///
    /// - Parameters:
    ///   - beforeClose: runs on the polling thread before the client is destroyed; must be bounded.
    init(
        _ role: KafkaRole, _ native: OpaquePointer, logger: Logger,
        beforeClose: @escaping BeforeClose
    ) throws(KafkaError) {
        let label = role.type == RD_KAFKA_PRODUCER ? "producer" : "consumer"
        let events = ClientEvents(logger)
        events.install(on: native)
        do {
            polls = try ThreadExecutor(name: "kafka-\(label)")
        } catch {
            rd_kafka_conf_destroy(native)
            throw error
        }
        do {
            calls = try ThreadExecutor(name: "kafka-calls")
        } catch {
            rd_kafka_conf_destroy(native)
            polls.finish {}
            throw error
        }
        let (client, fault) = readingText { rd_kafka_new(role.type, native, $0, $1) }
        guard let client else {
            rd_kafka_conf_destroy(native)
            polls.finish {}
            calls.finish {}
            throw KafkaError(configuration: fault)
        }
        self.client = client
        self.events = events
        self.beforeClose = beforeClose
        isEnding = StopFlag()
    }

    deinit {
        isEnding.raise()
        wakePoll()
        calls.finish {}
        nonisolated(unsafe) let client = client
        let (events, beforeClose) = (events, beforeClose)
        polls.finish {
            beforeClose(client)
            rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            // Callbacks may use the events until here.
            withExtendedLifetime(events) {}
        }
    }

    /// Serves delivery reports and other callbacks until the last reference is gone.
    func serveCallbacks() {
        nonisolated(unsafe) let client = client
        let isEnding = isEnding
        polls.enqueue {
            while !isEnding.isRaised { rd_kafka_poll(client, 60_000) }
        }
    }

    /// Makes the current poll, or else the next one, return at once.
    func wakePoll() {
        let polled = rd_kafka_queue_get_consumer(client) ?? rd_kafka_queue_get_main(client)
        defer { rd_kafka_queue_destroy(polled) }
        rd_kafka_queue_yield(polled)
    }

    /// Requests metadata from any broker. Throws when no broker responds within `timeout`.
    func checkConnection(timeout: Duration) async throws(KafkaError) {
        let deadline = ContinuousClock.now + timeout
        try await calls.run { () throws(KafkaError) in
            if let fatal = self.events.fatal { throw fatal }
            // Checks run one after another. The time in the queue counts.
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT) }
            var answer: UnsafePointer<rd_kafka_metadata>?
            let error = rd_kafka_metadata(self.client, 0, nil, &answer, left.nativeMilliseconds)
            if let answer { rd_kafka_metadata_destroy(answer) }
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                // The underlying error is more specific than the timeout.
                throw self.events.lastError ?? KafkaError(error)
            }
            self.events.noteSuccess()
        }
    }
}
