// Kafka: a client of librdkafka, and an embedded broker for one machine.
//
// Invariants: offsets move only when told to; every wait has a bound; callbacks run on the
// thread that polls.
// Neighbours: KafkaHints gives it meaning.

import CKafkaShim

/// A Kafka-protocol broker in this process: librdkafka's mock cluster.
///
/// For one machine only. It keeps messages in memory, at most 5 MiB a partition, and forgets them
/// when it ends; Millrace loses nothing by it, because messages only wake workers.
///
/// `@unchecked Sendable`: the pointers do not change and librdkafka is thread-safe.
package final class EmbeddedBroker: @unchecked Sendable {
    private let handle: OpaquePointer
    private let cluster: OpaquePointer
    package let bootstrapServers: String

    /// - Parameters:
    ///   - port: a loopback port, or `nil` for a free one. Only an executable that exports
    ///     `bind` (see CKafkaShim) can choose it.
    package init(port: UInt16? = nil, topics: [String], partitions: Int) throws(KafkaError) {
        let configuration = rd_kafka_conf_new()
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, "cannot make a client")
        }
        kafka_bind_next_to(port ?? 0)
        defer { kafka_bind_next_to(0) }
        guard let cluster = rd_kafka_mock_cluster_new(handle, 1) else {
            rd_kafka_destroy(handle)
            throw KafkaError(
                RD_KAFKA_RESP_ERR__FAIL,
                "cannot listen on port \(port.map { "\($0)" } ?? "of any number"); is it in use?")
        }
        self.handle = handle
        self.cluster = cluster
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        for topic in topics {
            rd_kafka_mock_topic_create(cluster, topic, Int32(partitions), 1)
        }
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(handle)
    }
}
