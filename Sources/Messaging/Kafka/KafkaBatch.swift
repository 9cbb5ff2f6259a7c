import CKafkaShim

/// A received message. Its bytes are copies.
package struct KafkaMessage: Sendable, Equatable {
    package let topic: String
    package let partition: Int32
    package let offset: Int64
    /// Creation or append time since 1970, depending on the topic's configuration.
    package let timestampMillis: Int64?
    package let key: [UInt8]?
    /// Empty for a message without a value.
    package let value: [UInt8]
    package let headers: [KafkaHeader]
}

/// Messages of one poll, in order within each partition.
///
/// References nothing of the consumer, so it stays valid after the consumer is closed.
package final class KafkaBatch: Sendable, RandomAccessCollection {
    package let messages: [KafkaMessage]

    init(_ messages: [KafkaMessage]) { self.messages = messages }

    package var startIndex: Int { messages.startIndex }
    package var endIndex: Int { messages.endIndex }
    package subscript(position: Int) -> KafkaMessage { messages[position] }

    /// For each partition, the offset after the last message.
    var nextOffsets: [KafkaPartition: Int64] {
        var next: [KafkaPartition: Int64] = [:]
        for message in messages {
            let partition = KafkaPartition(topic: message.topic, partition: message.partition)
            next[partition] = Swift.max(next[partition] ?? 0, message.offset + 1)
        }
        return next
    }
}

/// Copies messages out of librdkafka's memory. Each topic name is copied once.
struct MessageReader {
    private var topics: [OpaquePointer: String] = [:]

    mutating func read(_ native: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaMessage {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(native, &kind)
        let message = native.pointee
        return KafkaMessage(
            topic: topic(message.rkt), partition: message.partition, offset: message.offset,
            timestampMillis: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : timestamp,
            key: message.key.map {
                Array(UnsafeRawBufferPointer(start: $0, count: message.key_len))
            },
            value: Array(UnsafeRawBufferPointer(start: message.payload, count: message.len)),
            headers: Self.headers(of: native))
    }

    private mutating func topic(_ native: OpaquePointer) -> String {
        if let name = topics[native] { return name }
        let name = String(cString: rd_kafka_topic_name(native))
        topics[native] = name
        return name
    }

    private static func headers(
        of message: UnsafeMutablePointer<rd_kafka_message_t>
    ) -> [KafkaHeader] {
        var native: OpaquePointer?
        guard rd_kafka_message_headers(message, &native) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let native
        else { return [] }
        var headers: [KafkaHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while rd_kafka_header_get_all(native, headers.count, &name, &value, &count)
            == RD_KAFKA_RESP_ERR_NO_ERROR, let name
        {
            headers.append(
                KafkaHeader(
                    String(cString: name),
                    Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count))))
        }
        return headers
    }
}
