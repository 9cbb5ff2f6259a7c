import CKafkaShim

extension KafkaHandle {
    /// The error to throw to the consumer's caller; `nil` for one that resolves by itself.
    func failure(in message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError? {
        let code = message.pointee.err
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
        let error = KafkaError(code, text, of: client)
        switch code {
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: return nil
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
            events.note(error)
            return error
        default:
            events.note(error)
            return error.isFatal ? error : nil
        }
    }

    /// Commits the stored offsets of the assignment and waits for the response.
    func commitStored(within limit: Duration) throws(KafkaError) {
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        let refused = rd_kafka_commit_queue(client, nil, queue, nil, nil)
        guard refused == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(refused, of: client)
        }
        guard let event = rd_kafka_queue_poll(queue, limit.nativeMilliseconds) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "the commit received no response")
        }
        defer { rd_kafka_event_destroy(event) }
        let error = rd_kafka_event_error(event)
        // Nothing was stored since the last commit.
        if error == RD_KAFKA_RESP_ERR__NO_OFFSET { return }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error, of: client) }
        events.noteSuccess()
    }

    /// The number of messages after the position in all `partitions`, from cached offsets.
    func lag(of partitions: Set<KafkaPartition>) -> Int64 {
        withNativePartitions(Dictionary(partitions.map { ($0, 0) }) { $1 }) { list in
            guard rd_kafka_position(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return 0 }
            return list.elements.reduce(into: 0) { lag, element in
                var low: Int64 = 0
                var high: Int64 = 0
                guard element.offset >= 0,
                    rd_kafka_get_watermark_offsets(
                        client, element.topic, element.partition, &low, &high)
                        == RD_KAFKA_RESP_ERR_NO_ERROR
                else { return }
                lag += max(0, high - element.offset)
            }
        }
    }
}
