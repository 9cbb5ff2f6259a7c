import CKafkaShim

/// A partition of a topic.
package struct KafkaPartition: Sendable, Hashable, CustomStringConvertible {
    package let topic: String
    package let partition: Int32

    package init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    package var description: String { "\(topic)/\(partition)" }
}

typealias NativePartitions = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

/// Calls `body` with a native list of partitions and offsets, which is freed afterwards.
func withNativePartitions<Value>(
    _ offsets: [KafkaPartition: Int64], _ body: (NativePartitions) -> Value
) -> Value {
    // librdkafka aborts the process when memory for a list runs out.
    let list = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))!
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for (partition, offset) in offsets {
        rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition)?
            .pointee.offset = offset
    }
    return body(list)
}

extension NativePartitions {
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }

    var partitions: [KafkaPartition] { elements.map(KafkaPartition.init) }
}

extension KafkaPartition {
    init(_ native: rd_kafka_topic_partition_t) {
        self.init(topic: String(cString: native.topic), partition: native.partition)
    }
}
