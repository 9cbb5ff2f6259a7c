import Concurrency
import Kafka
import Logging
import ProgramFrame
import ServiceLifecycle

/// A Kafka-protocol broker for one machine.
enum EmbeddedBrokerProgram {
    static let host = Setting.text(
        "broker-host", "IPv4 address that the broker listens on and advertises",
        default: "127.0.0.1")
    static let port = Setting.number(
        "broker-port", "Port of the broker", default: 9092, in: 1...65535)
    static let topics = Setting<[String]>(
        "broker-topics", "Names of the topics, separated by commas",
        default: "millrace.parse,millrace.chunk,millrace.embed,millrace.flush,millrace.deadletter"
    ) { text throws(SettingFault) in
        let topics = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        for topic in topics where !isTopic(topic) {
            throw SettingFault(
                "'\(topic)' must be 1 to 249 letters, digits, dots, underscores and hyphens")
        }
        return topics
    }
    static let partitions = Setting.number(
        "broker-partitions", "Number of partitions of each topic", default: 8, in: 1...128)

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
            return [CloseAtShutdown { broker.stop() }]
        }
    }

    /// Kafka's rule: 1 to 249 letters, digits, dots, underscores and hyphens.
    private static func isTopic(_ name: String) -> Bool {
        (1...249).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
