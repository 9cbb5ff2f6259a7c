import CKafkaShim

/// How to reach Kafka. All librdkafka properties except the reserved ones can be set, and they
/// override the defaults of Millrace.
package struct KafkaConfiguration: Sendable {
    package var bootstrapServers: String
    /// librdkafka properties, verbatim: SASL, TLS and all others.
    package var properties: [String: String]

    package init(bootstrapServers: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.properties = properties
    }

    /// Reads `name=value` pairs separated by semicolons, the form of `MILLRACE_KAFKA_PROPERTIES`.
    ///
    /// - Throws: when an entry lacks a name, an equals sign or a value. Does not check names and
    ///   values. The error contains no part of `text`, because values may be secret
    ///   and may contain a semicolon.
    package static func properties(_ text: String) throws(KafkaError) -> [String: String] {
        var properties: [String: String] = [:]
        for (index, entry) in text.split(separator: ";").enumerated() {
            let parts = entry.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw KafkaError(
                    configuration: "each property must have the form name=value; "
                        + "separate properties by ';'")
            }
            guard !parts[1].isEmpty else {
                throw KafkaError(
                    configuration: "property \(index + 1) has no value; write name=value")
            }
            properties[String(parts[0])] = String(parts[1])
        }
        return properties
    }

    /// Throws for the first unknown property, invalid value or invalid combination, with its name.
    ///
    /// Opens no connection, but reads the files that properties name (keys, certificates).
    package func validate() throws(KafkaError) {
        guard bootstrapServers.contains(where: { $0 != "," && !$0.isWhitespace }) else {
            throw KafkaError(
                configuration: "\"bootstrap.servers\" must contain at least one broker")
        }
        for role in [KafkaRole.producer, .consumer(group: "validate")] {
            let native = try makeNative(for: role, connects: false)
            let (client, fault) = readingText { rd_kafka_new(role.type, native, $0, $1) }
            guard let client else {
                rd_kafka_conf_destroy(native)
                throw KafkaError(configuration: fault)
            }
            rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        }
    }

    /// A configuration object for `rd_kafka_new`, which takes ownership on success only.
    ///
    /// - Parameters:
    ///   - connects: false omits the brokers and disables logging.
    func makeNative(for role: KafkaRole, connects: Bool = true) throws(KafkaError) -> OpaquePointer
    {
        for name in KafkaRole.reserved where properties[name] != nil {
            throw KafkaError(configuration: "\"\(name)\" is set by Millrace and cannot be changed")
        }
        guard let native = rd_kafka_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        }
        do {
            // Aliases write the same setting, so the order matters.
            try Self.set(["bootstrap.servers": bootstrapServers], on: native)
            try Self.set(role.properties, on: native)
            try Self.set(properties, on: native)
            if !connects {
                try Self.set(["bootstrap.servers": ""], on: native)
                rd_kafka_conf_set_log_cb(native, nil)
            }
        } catch {
            rd_kafka_conf_destroy(native)
            throw error
        }
        return native
    }

    private static func set(
        _ properties: [String: String], on native: OpaquePointer
    ) throws(KafkaError) {
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            let (result, fault) = readingText { rd_kafka_conf_set(native, name, value, $0, $1) }
            // librdkafka's text uses another name for an alias, and none for some invalid values.
            guard result == RD_KAFKA_CONF_OK else {
                throw KafkaError(configuration: "\"\(name)\": \(fault)")
            }
        }
    }
}

/// The role of a client, with its default properties.
enum KafkaRole {
    case producer
    case consumer(group: String)

    /// Properties that this module relies on. A change would lose messages.
    static let reserved = ["enable.auto.offset.store", "group.id", "opaque"]

    var type: rd_kafka_type_t {
        switch self {
        case .producer: RD_KAFKA_PRODUCER
        case .consumer: RD_KAFKA_CONSUMER
        }
    }

    var properties: [String: String] {
        let common = [
            "client.id": "millrace",
            // Reconnects quickly to a broker that was restarted.
            "reconnect.backoff.max.ms": "500",
            "topic.metadata.refresh.interval.ms": "10000",
            "log.connection.close": "false",
        ]
        return common.merging(own) { $1 }
    }

    private var own: [String: String] {
        switch self {
        case .producer:
            [
                "enable.idempotence": "true",
                "acks": "all",
                "linger.ms": "0",
                "delivery.timeout.ms": "10000",
                "queue.buffering.max.messages": "100000",
                "queue.buffering.max.kbytes": "65536",
            ]
        case .consumer(let group):
            [
                "group.id": group,
                "enable.auto.offset.store": "false",
                "enable.auto.commit": "true",
                "auto.commit.interval.ms": "1000",
                "auto.offset.reset": "earliest",
                "allow.auto.create.topics": "true",
                // The embedded broker rebalances within this time minus one second.
                "session.timeout.ms": "6000",
                "heartbeat.interval.ms": "2000",
                // A broker answers a fetch at once when there is data. The partitions of a new
                // assignment wait for the response to the last fetch.
                "fetch.wait.max.ms": "2000",
                // The embedded broker ends the process when members of a group differ in it.
                "partition.assignment.strategy": "range",
                "queued.min.messages": "1000",
                "queued.max.messages.kbytes": "4096",
            ]
        }
    }
}
