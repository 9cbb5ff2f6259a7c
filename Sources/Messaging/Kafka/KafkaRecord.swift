/// A message to send.
package struct KafkaRecord: Sendable, Equatable {
    /// Records with the same key keep their order. Without a key they are spread over partitions.
    package var key: [UInt8]?
    package var value: [UInt8]
    package var headers: [KafkaHeader]

    package init(key: [UInt8]? = nil, value: [UInt8], headers: [KafkaHeader] = []) {
        self.key = key
        self.value = value
        self.headers = headers
    }

    package init(
        key: [UInt8]?, value: [UInt8], headers: some Sequence<(name: String, value: [UInt8])>
    ) {
        self.init(
            key: key, value: value, headers: headers.map { KafkaHeader($0.name, $0.value) })
    }
}

/// A header of a message. Names may repeat.
package struct KafkaHeader: Sendable, Hashable {
    package var name: String
    package var value: [UInt8]

    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
