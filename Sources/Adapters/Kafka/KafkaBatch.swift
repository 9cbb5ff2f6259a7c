/// A message as it was received.
package struct KafkaMessage: Sendable {
    package let topic: String
    package let partition: Int32
    package let offset: Int64
    package let key: [UInt8]
    package let value: [UInt8]
}

/// Messages of one poll, in order within each partition.
package struct KafkaBatch: Sendable {
    package let messages: [KafkaMessage]
    package var isEmpty: Bool { messages.isEmpty }
}
