import CKafkaShim
import Glibc
package import Logging
import Synchronization

/// A Kafka-protocol broker in this process: librdkafka's mock cluster, on loopback by default.
///
/// For one machine only. It keeps messages in memory, at most 5 MiB or 100,000 batches a
/// partition, drops the oldest beyond that without a word, and forgets everything when it ends,
/// committed offsets too. So it may carry nothing but hints at work that is recorded elsewhere;
/// Millrace loses nothing by it. Members of one group must use the same assignment strategy:
/// the mock cluster ends the process otherwise.
///
package final class EmbeddedBroker: Sendable {
    /// `@unchecked Sendable`: librdkafka allows any thread to call it.
    private struct Native: @unchecked Sendable {
        let client: OpaquePointer
        let cluster: OpaquePointer
    }

    private let native: Mutex<Native?>
    private let events: ClientEvents
    /// Host and port.
    package let bootstrapServers: String

    /// - Parameters:
    ///   - host: the IPv4 address to listen on and to advertise, with a `port`.
    ///   - port: a port, or `nil` for a free one of loopback. A broker that is started again on its
    ///     old port is found by the clients it had.
    ///   - partitions: of each of `topics`. Other topics come into being when they are used,
    ///     with 4 partitions.
    package init(
        host: String = "127.0.0.1", port: Int? = nil, topics: [String], partitions: Int,
        logger: Logger = Logger(label: "embedded-broker")
    ) throws(KafkaError) {
        events = ClientEvents(logger)
        let native = try Self.start(on: host, port, events)
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(native.cluster))
        self.native = Mutex(native)
        guard port == nil || bootstrapServers.hasSuffix(":\(port ?? 0)") else {
            stop()
            throw KafkaError(
                configuration: "this program does not export its bind(), so the port is not free"
                    + " to choose")
        }
        for topic in topics {
            let error = rd_kafka_mock_topic_create(
                native.cluster, topic, Int32(clamping: partitions), 1)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                stop()
                throw KafkaError(error, "cannot make topic \(topic): \(KafkaError(error).message)")
            }
        }
    }

    deinit { stop() }

    /// Drops all connections and everything that was kept. Blocks for some milliseconds.
    package func stop() {
        guard let native = native.withLock({ $0.take() }) else { return }
        rd_kafka_mock_cluster_destroy(native.cluster)
        rd_kafka_destroy(native.client)
    }

    /// Answers as if there were no such topic, for tests of what clients make of that.
    package func loseTopic(_ name: String) {
        native.withLock { native in
            guard let native else { return }
            rd_kafka_mock_topic_set_error(
                native.cluster, name, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        }
    }

    private static func start(on host: String, _ port: Int?, _ events: ClientEvents)
        throws(KafkaError) -> Native
    {
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        }
        events.install(on: configuration)
        let (made, fault) = readingText {
            rd_kafka_new(RD_KAFKA_PRODUCER, configuration, $0, $1)
        }
        guard let client = made else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: fault)
        }
        do {
            try offerListener(on: host, port)
        } catch {
            rd_kafka_destroy(client)
            throw error
        }
        defer { kafka_withdraw_listener() }
        guard let cluster = rd_kafka_mock_cluster_new(client, 1) else {
            rd_kafka_destroy(client)
            throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, "cannot start the mock cluster")
        }
        return Native(client: client, cluster: cluster)
    }

    private static func offerListener(on host: String, _ port: Int?) throws(KafkaError) {
        guard let port else { return }
        guard let number = UInt16(exactly: port), number > 0 else {
            throw KafkaError(configuration: "\(port) is not a port")
        }
        let fault = kafka_offer_listener(host, number)
        guard fault == 0 else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE,
                "cannot listen on \(host):\(port): \(String(cString: strerror(fault)))")
        }
    }
}
