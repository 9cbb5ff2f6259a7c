package import Domain
import FailPoints
package import Kafka
import Pipeline

/// Sends hints through Kafka.
package struct KafkaHintSender: HintSender {
    private let producer: KafkaProducer
    private let topics: Topics

    package init(_ producer: KafkaProducer, topics: Topics) {
        self.producer = producer
        self.topics = topics
    }

    package func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {
        do {
            FailPoint.pass(.before, "hint")
            try await producer.send(
                jobs.map { Hint(job: $0, queue: queue).record }, to: topics.name(of: queue))
            FailPoint.pass(.after, "hint")
        } catch {
            throw .transient(.queue(.unavailable), "\(error)")
        }
    }
}
