import NIOCore

/// One client's connection through the gate. Used on its event loop only.
final class Relay {
    /// Above this, a client's pending bytes are not those of librdkafka, whose messages have 1 MB.
    private static let pendingBytesMax = 8 << 20

    private let client: any Channel
    private let mock: any Channel
    private let writes: TopicWrites
    /// What the client sent and was not passed on yet.
    private var pending = ByteBuffer()
    private var lastFetch: (positions: Set<FetchRequest.Position>, writes: Int)?
    private var held: (fetch: FetchRequest, timeout: Scheduled<Void>)?
    /// Topics of the writes that the mock cluster has not acknowledged, by correlation id.
    private var unacknowledged: [Int32: [String]?] = [:]
    private var responses = ResponseStream()

    init(client: any Channel, mock: any Channel, writes: TopicWrites) {
        self.client = client
        self.mock = mock
        self.writes = writes
    }

    func receiveFromClient(_ bytes: ByteBuffer) {
        pending.writeImmutableBuffer(bytes)
        pass()
        if pending.readableBytes > Self.pendingBytesMax { close() }
    }

    func receiveFromMock(_ bytes: ByteBuffer) {
        client.writeAndFlush(bytes, promise: nil)
        for correlation in responses.correlations(in: bytes) {
            if let topics = unacknowledged.removeValue(forKey: correlation) { writes.note(topics) }
        }
    }

    func close() {
        held?.timeout.cancel()
        held = nil
        writes.stopWaiting(self)
        client.close(promise: nil)
        mock.close(promise: nil)
    }

    /// Passes requests on, in order, until one must be held.
    private func pass() {
        defer { mock.flush() }
        while held == nil, let frame = nextFrame() {
            switch BrokerRequest(frame) {
            case .produce(let correlation, let topics):
                unacknowledged[correlation] = .some(topics)
                mock.write(frame, promise: nil)
            case .fetch(let fetch) where mayHaveAnswer(fetch): pass(fetch)
            case .fetch(let fetch): hold(fetch)
            case .other: mock.write(frame, promise: nil)
            }
        }
        pending.discardReadBytes()
    }

    /// A fetch from the same positions as the last one, with nothing written in between, has no
    /// answer yet.
    private func mayHaveAnswer(_ fetch: FetchRequest) -> Bool {
        guard let lastFetch, lastFetch.positions == fetch.positions else { return true }
        return lastFetch.writes != writes.count(of: fetch.topics)
    }

    private func pass(_ fetch: FetchRequest) {
        lastFetch = (fetch.positions, writes.count(of: fetch.topics))
        mock.write(fetch.frame, promise: nil)
    }

    private func hold(_ fetch: FetchRequest) {
        let bound = NIOLoopBound(self, eventLoop: client.eventLoop)
        let timeout = client.eventLoop.scheduleTask(in: fetch.wait) { bound.value.release() }
        held = (fetch, timeout)
        writes.wait(self, for: fetch.topics) { [unowned self] in release() }
    }

    private func release() {
        guard let (fetch, timeout) = held else { return }
        held = nil
        timeout.cancel()
        writes.stopWaiting(self)
        pass(fetch)
        pass()
    }

    private func nextFrame() -> ByteBuffer? {
        guard let size = pending.getInteger(at: pending.readerIndex, as: Int32.self) else {
            return nil
        }
        guard size >= 0, Int(size) <= Self.pendingBytesMax else {
            close()
            return nil
        }
        return pending.readSlice(length: 4 + Int(size))
    }
}

/// Finds the correlation ids in a stream of responses that arrives in pieces of any size.
struct ResponseStream {
    /// The first eight bytes of a response: size and correlation id.
    private var header = ByteBuffer()
    /// What is left of the response whose header was read.
    private var left = 0

    mutating func correlations(in bytes: ByteBuffer) -> [Int32] {
        var bytes = bytes
        var found: [Int32] = []
        while bytes.readableBytes > 0 {
            if left > 0 {
                let passed = min(left, bytes.readableBytes)
                bytes.moveReaderIndex(forwardBy: passed)
                left -= passed
                continue
            }
            let missing = min(8 - header.readableBytes, bytes.readableBytes)
            if var part = bytes.readSlice(length: missing) { header.writeBuffer(&part) }
            if let (size, correlation) = header.readMultipleIntegers(as: (Int32, Int32).self) {
                found.append(correlation)
                left = max(0, Int(size) - 4)
                header.clear()
            }
        }
        return found
    }
}
