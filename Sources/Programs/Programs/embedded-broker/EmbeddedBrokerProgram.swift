import Kafka
import Logging
import ProgramFrame
import ServiceLifecycle

/// A Kafka-protocol broker for one machine.
enum EmbeddedBrokerProgram {
    static let host = Setting.text(
        "broker-host", "IPv4 address of this machine to listen on and to advertise",
        standard: "127.0.0.1")
    static let port = Setting.number(
        "broker-port", "Port of the broker", standard: 9092, in: 1...65535)
    static let topics = Setting<[String]>(
        "broker-topics", "Topics, separated by commas",
        standard: "millrace.parse,millrace.chunk,millrace.embed,millrace.flush,millrace.deadletter"
    ) { text throws(SettingFault) in
        let topics = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        for topic in topics where !isTopic(topic) {
            throw SettingFault("'\(topic)' is not a topic name")
        }
        return topics
    }
    static let partitions = Setting.number(
        "broker-partitions", "Partitions of each topic", standard: 8, in: 1...128)

    static func main() async {
        let program = Program(
            "embedded-broker",
            "a Kafka-protocol broker in memory, for one machine; use Apache Kafka for more",
            settings: [host, port, topics, partitions])
        await program.run { context in
            let settings = context.settings
            let broker = try EmbeddedBroker(
                host: settings[host], port: settings[port], topics: settings[topics],
                partitions: settings[partitions], logger: context.logger)
            context.logger.info(
                "broker listens", metadata: ["bootstrap": "\(broker.bootstrapServers)"])
            return [Serving(broker: broker)]
        }
    }

    /// Kafka's rule: 1 to 249 letters, digits, dots, underscores and hyphens.
    private static func isTopic(_ name: String) -> Bool {
        (1...249).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// Keeps the broker running until the program ends.
    private struct Serving: Service {
        let broker: EmbeddedBroker

        func run() async {
            // Returns on shutdown or throws on cancellation; both end the service.
            try? await gracefulShutdown()
            broker.stop()
        }
    }
}
