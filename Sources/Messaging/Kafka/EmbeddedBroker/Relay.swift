import NIOCore

/// One client's connection through the gate. Used on its event loop only.
final class Relay {
    /// A client with more pending bytes is disconnected. librdkafka's messages are at most 1 MB.
    private static let pendingBytesMax = 8 << 20
    /// Minimum time between two fetches. It lets messages accumulate under load, because a fetch
    /// and the claims that follow cost far more than a message.
    private static let fetchInterval = TimeAmount.milliseconds(5)

    private let client: any Channel
    private let mock: any Channel
    private let writes: TopicWrites
    /// Bytes from the client that are not passed on yet.
    private var pending = ByteBuffer()
    private var lastFetch: ForwardedFetch?
    private var held: Held?
    /// Topics of the writes that the mock cluster has not acknowledged, by correlation id.
    private var unacknowledged: [Int32: [String]?] = [:]
    private var responses = ResponseStream()

    private struct ForwardedFetch {
        let positions: Set<FetchRequest.Position>
        /// Count of writes to the fetch's topics at that time.
        let writes: Int
        let time: NIODeadline
    }

    private struct Held {
        let fetch: FetchRequest
        /// When the client's wait ends.
        let deadline: NIODeadline
        /// Checks the fetch again.
        var timer: Scheduled<Void>?
    }

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
        stopHolding()
        client.close(promise: nil)
        mock.close(promise: nil)
    }

    /// Passes requests on, in order, until one must be held.
    private func pass() {
        defer { mock.flush() }
        while held == nil, let frame = nextFrame() {
            switch BrokerRequest(frame) {
            case .produce(let correlation, let topics):
                mock.write(frame, promise: nil)
                if let correlation {
                    unacknowledged[correlation] = .some(topics)
                } else {
                    noteLater(topics)
                }
            case .fetch(let fetch):
                held = Held(fetch: fetch, deadline: .now() + fetch.wait)
                passFetchIfDue()
            case .other: mock.write(frame, promise: nil)
            }
        }
        pending.discardReadBytes()
    }

    /// Releases fetches once the mock cluster has stored a write that it does not acknowledge. If
    /// that takes longer, the messages arrive at the end of the fetch's wait.
    private func noteLater(_ topics: [String]?) {
        let writes = NIOLoopBound(writes, eventLoop: client.eventLoop)
        client.eventLoop.scheduleTask(in: Self.fetchInterval) { writes.value.note(topics) }
    }

    /// Passes the held fetch on, or sets a timer to check it again.
    private func passFetchIfDue() {
        guard let held else { return }
        stopHolding()
        let now = NIODeadline.now()
        if let last = lastFetch, now < last.time + Self.fetchInterval {
            hold(held, until: last.time + Self.fetchInterval)
        } else if mayHaveAnswer(held.fetch) || now >= held.deadline {
            let fetch = held.fetch
            lastFetch = ForwardedFetch(
                positions: fetch.positions, writes: writes.count(of: fetch.topics), time: now)
            mock.write(fetch.frame, promise: nil)
        } else {
            hold(held, until: held.deadline)
            writes.wait(self, for: held.fetch.topics) { [weak self] in
                self?.continueAfterFetch()
            }
        }
    }

    /// Whether there may be data for a fetch. There is none if it repeats the positions of the last
    /// fetch and nothing was written since. A client that discarded the last response after a pause
    /// therefore waits until its deadline.
    private func mayHaveAnswer(_ fetch: FetchRequest) -> Bool {
        guard let lastFetch, lastFetch.positions == fetch.positions else { return true }
        return lastFetch.writes != writes.count(of: fetch.topics)
    }

    private func hold(_ fetch: Held, until time: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: client.eventLoop)
        held = fetch
        held?.timer = client.eventLoop.scheduleTask(deadline: time) {
            bound.value.continueAfterFetch()
        }
    }

    private func continueAfterFetch() {
        passFetchIfDue()
        pass()
    }

    private func stopHolding() {
        held?.timer?.cancel()
        held = nil
        writes.stopWaiting(self)
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
    /// Bytes left of the response whose header was read.
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
