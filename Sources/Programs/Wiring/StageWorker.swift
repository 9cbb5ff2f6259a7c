import Domain
import Kafka
import KafkaHints
package import ProgramFrame
package import Pipeline
package import ServiceLifecycle

/// Builds the services of a program that works on one queue.
package enum StageWorker {
    package static func services(
        _ handler: any StageHandler, _ connections: Connections, _ stage: StageSettings,
        _ context: Program.Context
    ) throws -> [any Service] {
        let settings = context.settings
        let consumer = try KafkaConsumer(
            connections.kafka, group: "\(connections.topics.prefix).\(handler.queue.rawValue)",
            topics: [connections.topics.name(of: handler.queue)], logger: context.logger)
        let receiver = KafkaHintReceiver(
            consumer, rejectsTo: connections.producer, queue: handler.queue,
            topics: connections.topics, logger: context.logger)
        let runner = StageRunner(
            handler: handler, store: connections.store, receiver: receiver,
            sender: connections.sender,
            configuration: try stage.configuration(settings, worker: context.worker),
            logger: context.logger)
        return [connections, Membership(consumer: consumer), runner]
    }
}

/// Leaves the consumer group once the stage runner has ended.
private struct Membership: Service {
    let consumer: KafkaConsumer

    func run() async {
        // Returns on shutdown or throws on cancellation; both end the service.
        try? await gracefulShutdown()
        await consumer.close()
    }
}
