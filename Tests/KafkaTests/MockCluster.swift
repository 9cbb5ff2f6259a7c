import CKafkaShim
import Kafka
import TestSupport
import Testing

/// librdkafka's mock cluster without the gate of the embedded broker. It can lose a topic.
final class MockCluster {
    private let client: OpaquePointer
    private let cluster: OpaquePointer

    init(topics: [String]) throws {
        let configuration = try #require(rd_kafka_conf_new())
        rd_kafka_conf_set(configuration, "log_level", "0", nil, 0)
        client = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0))
        cluster = try #require(rd_kafka_mock_cluster_new(client, 1))
        for topic in topics {
            let error = rd_kafka_mock_topic_create(cluster, topic, 4, 1)
            try #require(error == RD_KAFKA_RESP_ERR_NO_ERROR)
        }
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    var configuration: KafkaConfiguration {
        KafkaConfiguration(
            bootstrapServers: String(cString: rd_kafka_mock_cluster_bootstraps(cluster)),
            properties: ["topic.metadata.refresh.interval.ms": "500"])
    }

    /// Responds from now on as if the topic did not exist.
    func loseTopic(_ name: String) {
        rd_kafka_mock_topic_set_error(cluster, name, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    }
}
