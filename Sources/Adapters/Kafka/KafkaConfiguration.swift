import CKafkaShim

/// How to reach Kafka. Every librdkafka property can be set; an operator's has the last word.
package struct KafkaConfiguration: Sendable {
    package var bootstrapServers: String
    /// librdkafka properties, verbatim: SASL, TLS and all others.
    package var properties: [String: String]

    package init(bootstrapServers: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.properties = properties
    }

    /// Tells of the first unknown property or bad value, by name.
    package func validate() throws(KafkaError) {
        rd_kafka_conf_destroy(try makeConfiguration(defaults: [:]))
    }

    /// A configuration object; the caller or `rd_kafka_new` frees it.
    func makeConfiguration(defaults: [String: String]) throws(KafkaError) -> OpaquePointer {
        let common = [
            "bootstrap.servers": bootstrapServers,
            "client.id": "millrace",
            "reconnect.backoff.max.ms": "500",
            "log_level": "5",
        ]
        let all = common.merging(defaults) { $1 }.merging(properties) { $1 }
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__FAIL)
        }
        for (name, value) in all {
            let fault = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
                rd_kafka_conf_set(configuration, name, value, text.baseAddress, 512)
                    == RD_KAFKA_CONF_OK ? nil : String(cString: text.baseAddress!)
            }
            if let fault {
                rd_kafka_conf_destroy(configuration)
                throw KafkaError(configuration: fault)
            }
        }
        return configuration
    }
}
