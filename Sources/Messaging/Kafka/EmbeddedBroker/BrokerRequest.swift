import NIOCore

/// A request to the embedded broker, decoded as far as the gate needs it.
///
/// Decodes the versions without tagged fields, which are the ones that librdkafka uses. Other
/// versions and other requests pass through unchanged. Layouts: https://kafka.apache.org/protocol.
enum BrokerRequest {
    /// A write to `topics`; `nil` when the version is unknown. The response has the same
    /// correlation id, which is `nil` for a write without acknowledgement: it has no response.
    case produce(correlation: Int32?, topics: [String]?)
    case fetch(FetchRequest)
    case other

    /// - Parameter frame: a whole request with its size prefix.
    init(_ frame: ByteBuffer) {
        var reader = frame
        guard reader.readInteger(as: Int32.self) != nil,
            let key = reader.readInteger(as: Int16.self),
            let version = reader.readInteger(as: Int16.self),
            let correlation = reader.readInteger(as: Int32.self),
            reader.skipString() != nil
        else {
            self = .other
            return
        }
        switch key {
        case 0 where version > 8: self = .produce(correlation: correlation, topics: nil)
        case 0:
            let write = reader.readProduce(version)
            self =
                write.map {
                    .produce(correlation: $0.isAcknowledged ? correlation : nil, topics: $0.topics)
                } ?? .other
        case 1 where version <= 11:
            self =
                FetchRequest(frame, parameters: &reader, version: version).map(BrokerRequest.fetch)
                ?? .other
        default: self = .other
        }
    }
}

/// A fetch: which partitions it reads, from where, and how long it may wait for messages.
struct FetchRequest {
    struct Position: Hashable {
        let topic: String
        let partition: Int32
        let offset: Int64
    }

    /// The request with a wait of zero, so that the broker responds at once.
    let frame: ByteBuffer
    let wait: TimeAmount
    let topics: [String]
    /// The offsets to read from. A set, because clients vary the order of the partitions.
    let positions: Set<Position>

    /// - Parameter reader: the frame after its header.
    init?(_ frame: ByteBuffer, parameters reader: inout ByteBuffer, version: Int16) {
        var frame = frame
        guard reader.readInteger(as: Int32.self) != nil else { return nil }
        let waitIndex = reader.readerIndex
        // Minimum and maximum size, isolation level, session.
        let options = 4 + (version >= 3 ? 4 : 0) + (version >= 4 ? 1 : 0) + (version >= 7 ? 8 : 0)
        guard let milliseconds = reader.readInteger(as: Int32.self), reader.skip(options) != nil
        else { return nil }
        var positions = Set<Position>()
        let topics = reader.readTopics { reader, topic in
            // The leader epoch follows the index. The log start and a size follow the offset.
            guard let partition = reader.readInteger(as: Int32.self),
                reader.skip(version >= 9 ? 4 : 0) != nil,
                let offset = reader.readInteger(as: Int64.self),
                reader.skip(version >= 5 ? 12 : 4) != nil
            else { return nil }
            positions.insert(Position(topic: topic, partition: partition, offset: offset))
            return ()
        }
        guard let topics else { return nil }
        frame.setInteger(Int32(0), at: waitIndex)
        self.frame = frame
        self.topics = topics
        self.positions = positions
        wait = .milliseconds(Int64(max(0, milliseconds)))
    }
}

extension ByteBuffer {
    fileprivate mutating func skip(_ count: Int) -> Void? {
        guard count <= readableBytes else { return nil }
        moveReaderIndex(forwardBy: count)
        return ()
    }

    fileprivate mutating func skipString() -> Void? {
        guard let length = readInteger(as: Int16.self) else { return nil }
        return skip(Int(max(0, length)))
    }

    /// The topics of a produce request; `nil` when it is malformed.
    fileprivate mutating func readProduce(
        _ version: Int16
    ) -> (topics: [String], isAcknowledged: Bool)? {
        if version >= 3, skipString() == nil { return nil }
        guard let acknowledgements = readInteger(as: Int16.self), skip(4) != nil else { return nil }
        let topics = readTopics { reader, _ in
            guard reader.skip(4) != nil, let size = reader.readInteger(as: Int32.self) else {
                return nil
            }
            return reader.skip(Int(max(0, size)))
        }
        return topics.map { ($0, acknowledgements != 0) }
    }

    fileprivate mutating func readTopics(
        partition readPartition: (inout ByteBuffer, String) -> Void?
    ) -> [String]? {
        guard let count = readInteger(as: Int32.self) else { return nil }
        var topics: [String] = []
        for _ in 0..<max(0, count) {
            guard let length = readInteger(as: Int16.self),
                let topic = readString(length: Int(max(0, length))),
                let partitions = readInteger(as: Int32.self)
            else { return nil }
            topics.append(topic)
            for _ in 0..<max(0, partitions) where readPartition(&self, topic) == nil {
                return nil
            }
        }
        return topics
    }
}
