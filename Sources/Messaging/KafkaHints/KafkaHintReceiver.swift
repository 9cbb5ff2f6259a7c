// KafkaHints: carries hints to workers over Kafka.
//
// Invariants: a message that is not a hint never stops its partition. It is counted, copied to the
// dead-letter topic with the reason, and skipped.
// Neighbours: the ports of Pipeline above, the Kafka client below.

package import Domain
import FailPoints
package import Kafka
package import Logging
import Metrics
package import Pipeline

/// Receives the hints of one queue.
package struct KafkaHintReceiver: HintReceiver {
    private let consumer: KafkaConsumer
    private let producer: KafkaProducer
    private let queue: WorkQueue
    private let topics: Topics
    private let logger: Logger

    package init(
        _ consumer: KafkaConsumer, rejectsTo producer: KafkaProducer, queue: WorkQueue,
        topics: Topics, logger: Logger
    ) {
        self.consumer = consumer
        self.producer = producer
        self.queue = queue
        self.topics = topics
        self.logger = logger
    }

    package func next(max: Int, wait: Duration) async throws(JobFailure) -> HintBatch {
        do {
            let batch = try await consumer.nextBatch(max: max, wait: wait)
            var hints: [(job: JobID, message: KafkaMessage)] = []
            for message in batch.messages {
                do throws(Hint.Rejection) {
                    hints.append((try Hint.read(message.value, on: queue), message))
                } catch {
                    await reject(message, error.reason)
                }
            }
            if hints.isEmpty, !batch.isEmpty { try consumer.storeOffsets(of: batch) }
            return HintBatch(jobs: hints.map(\.job)) { () throws(JobFailure) in
                try acknowledge(batch)
            } reject: { [hints] jobs, reason in
                for hint in hints where jobs.contains(hint.job) {
                    await reject(hint.message, reason)
                }
            }
        } catch {
            throw .transient(.queue(.unavailable), "\(error)")
        }
    }

    private func acknowledge(_ batch: KafkaBatch) throws(JobFailure) {
        FailPoint.pass(.before, "acknowledge")
        do {
            try consumer.storeOffsets(of: batch)
        } catch {
            throw .transient(.queue(.unavailable), "\(error)")
        }
        FailPoint.pass(.after, "acknowledge")
    }

    package func stopFetching() async { await consumer.pause() }
    package func startFetching() async { await consumer.resume() }

    /// Copies a message that is not a valid hint to the dead-letter topic, with the reason. Keeps
    /// the first 64 KiB. A failure is only logged, because no work is lost.
    private func reject(_ message: KafkaMessage, _ reason: String) async {
        Counter(label: Telemetry.poison, dimensions: [("reason", reason)]).increment()
        logger.warning(
            "message is not a hint",
            metadata: [
                "reason": "\(reason)", "topic": "\(message.topic)",
                "partition": "\(message.partition)", "offset": "\(message.offset)",
            ])
        let headers = [
            ("reason", reason), ("topic", message.topic), ("offset", "\(message.offset)"),
        ].map { (name: $0.0, value: Array($0.1.utf8)) }
        do {
            try await producer.send(
                [
                    KafkaRecord(
                        key: message.key, value: Array(message.value.prefix(64 << 10)),
                        headers: headers)
                ], to: topics.deadletter)
        } catch {
            logger.warning("cannot store a rejected message", metadata: ["error": "\(error)"])
        }
    }
}
