import Concurrency
import Domain
import Kafka
import KafkaHints
package import ProgramFrame
package import Pipeline
package import ServiceLifecycle

/// Builds the services of a program that works on one queue.
package enum WorkerProgram {
    package static func services(
        of handler: any JobHandler, on connections: Connections, settings work: WorkerSettings,
        _ context: Program.Context
    ) throws -> [any Service] {
        let settings = context.settings
        let consumer = try KafkaConsumer(
            connections.kafka, group: "\(connections.topics.prefix).\(handler.queue.rawValue)",
            topics: [connections.topics.name(of: handler.queue)], logger: context.logger)
        let receiver = KafkaHintReceiver(
            consumer, rejectsTo: connections.producer, queue: handler.queue,
            topics: connections.topics, logger: context.logger)
        let worker = QueueWorker(
            handler: handler, store: connections.store, receiver: receiver,
            sender: connections.sender,
            configuration: try work.configuration(settings, worker: context.worker),
            logger: context.logger)
        // Leaves the consumer group once the queue worker has ended.
        return [connections, CloseAtShutdown { await consumer.close() }, worker]
    }
}
