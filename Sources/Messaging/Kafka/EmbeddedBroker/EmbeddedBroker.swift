import CKafkaShim
import Glibc
package import Logging
import Synchronization

/// A Kafka-protocol broker in this process: librdkafka's mock cluster behind a gate that holds
/// fetches, on loopback by default.
///
/// For one machine only. It stores messages in memory, at most 5 MiB or 100,000 batches per
/// partition, and drops the oldest beyond that without an error. Messages and committed offsets
/// are lost when it ends. It must therefore transport only hints about work that is recorded
/// elsewhere, so that Millrace loses no work. Members of one group must use the same assignment
/// strategy, or the mock cluster ends the process.
package final class EmbeddedBroker: Sendable {
    /// `@unchecked Sendable`: librdkafka may be called from any thread.
    private struct Native: @unchecked Sendable {
        let client: OpaquePointer
        let cluster: OpaquePointer
        let gate: FetchGate
    }

    private let native: Mutex<Native?>
    private let events: ClientEvents
    /// Host and port.
    package let bootstrapServers: String

    /// - Parameters:
    ///   - host: the IPv4 address to listen on and to advertise.
    ///   - port: a port, or `nil` for a free one. Clients reconnect to a broker that is restarted
    ///     on its old port.
    ///   - partitions: the number per topic in `topics`. Other topics are created on first use,
    ///     with 4 partitions.
    package init(
        host: String = "127.0.0.1", port: Int? = nil, topics: [String], partitions: Int,
        logger: Logger = Logger(label: "embedded-broker")
    ) throws(KafkaError) {
        events = ClientEvents(logger)
        guard let number = UInt16(exactly: port ?? 0), port != 0 else {
            throw KafkaError(
                configuration: "\(port ?? 0) is not a port; a port must be between 1 and 65535")
        }
        let native = try Self.start(on: host, number, events)
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(native.cluster))
        self.native = Mutex(native)
        for topic in topics {
            let error = rd_kafka_mock_topic_create(
                native.cluster, topic, Int32(clamping: partitions), 1)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                stop()
                throw KafkaError(
                    error, "cannot create topic \(topic): \(KafkaError(error).message)")
            }
        }
    }

    deinit { stop() }

    /// Closes all connections and discards all data. Blocks for a few milliseconds.
    package func stop() {
        guard let native = native.withLock({ $0.take() }) else { return }
        native.gate.stop()
        rd_kafka_mock_cluster_destroy(native.cluster)
        rd_kafka_destroy(native.client)
    }

    private static func start(on host: String, _ port: UInt16, _ events: ClientEvents)
        throws(KafkaError) -> Native
    {
        let listener = kafka_listen(host, port)
        guard listener >= 0 else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE,
                "cannot listen on \(host):\(port): \(String(cString: strerror(-listener)))")
        }
        let client: OpaquePointer
        do {
            client = try startClient(events)
        } catch {
            close(listener)
            throw error
        }
        kafka_advertise(listener)
        let cluster = rd_kafka_mock_cluster_new(client, 1)
        let mockPort = kafka_mock_port()
        guard let cluster, mockPort != 0 else {
            if let cluster { rd_kafka_mock_cluster_destroy(cluster) }
            rd_kafka_destroy(client)
            close(listener)
            throw KafkaError(
                RD_KAFKA_RESP_ERR__FAIL,
                "cannot start the mock cluster, or this program does not export its getsockname()")
        }
        do {
            let gate = try FetchGate(listener: listener, mockPort: Int(mockPort))
            return Native(client: client, cluster: cluster, gate: gate)
        } catch {
            rd_kafka_mock_cluster_destroy(cluster)
            rd_kafka_destroy(client)
            throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, "cannot accept connections: \(error)")
        }
    }

    private static func startClient(_ events: ClientEvents) throws(KafkaError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        }
        events.install(on: configuration)
        let (client, fault) = readingText {
            rd_kafka_new(RD_KAFKA_PRODUCER, configuration, $0, $1)
        }
        guard let client else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: fault)
        }
        return client
    }
}
