import HTTPTypes
import Synchronization

/// Limits on how slowly the body of an upload may arrive.
package struct ArrivalLimits: Sendable {
    /// Maximum time without a byte.
    package var silence: Duration
    /// Minimum average rate once `grace` has passed.
    package var bytesPerSecond: Int
    package var grace: Duration
    /// Maximum time from the first byte to the last.
    package var total: Duration

    package init(
        silence: Duration = .seconds(60), bytesPerSecond: Int = 4096,
        grace: Duration = .seconds(10), total: Duration = .seconds(1800)
    ) {
        self.silence = silence
        self.bytesPerSecond = bytesPerSecond
        self.grace = grace
        self.total = total
    }

    enum Breach: Equatable { case silent, slow, long }

    /// The first limit that a body breaches if no further byte arrives, and when.
    ///
    /// - Parameters:
    ///   - last: when the last byte arrived, since the start.
    func nextBreach(bytes: Int, last: Duration) -> (Breach, at: Duration) {
        let fast = grace + .seconds(Double(bytes) / Double(max(1, bytesPerSecond)))
        return [(.silent, at: last + silence), (.slow, at: fast), (.long, at: total)]
            .min { $0.at < $1.at } ?? (.long, at: total)
    }
}

/// Counts the bytes of a body as they arrive.
final class Arrival: Sendable {
    private let start = ContinuousClock.now
    private let state = Mutex((bytes: 0, last: Duration.zero))

    func advance(_ bytes: Int) {
        let now = start.duration(to: .now)
        state.withLock { $0 = ($0.bytes + bytes, now) }
    }

    /// Returns when a limit is breached.
    fileprivate func breach(of limits: ArrivalLimits) async throws -> ArrivalLimits.Breach {
        while true {
            let (bytes, last) = state.withLock { $0 }
            let (breach, due) = limits.nextBreach(bytes: bytes, last: last)
            guard start.duration(to: .now) < due else { return breach }
            try await Task.sleep(until: start + due, clock: .continuous)
        }
    }
}

/// Runs `body` and cancels it when the bytes it receives breach `limits`.
///
/// - Throws: a 408 problem for a breach, or the error of `body`.
func withArrivalLimits<R: Sendable>(
    _ limits: ArrivalLimits, _ body: @escaping @Sendable (Arrival) async throws -> R
) async throws -> R {
    let arrival = Arrival()
    return try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body(arrival) }
        group.addTask { throw Problem(try await arrival.breach(of: limits), of: limits) }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}

extension Problem {
    fileprivate init(_ breach: ArrivalLimits.Breach, of limits: ArrivalLimits) {
        let detail =
            switch breach {
            case .silent: "No byte of the body arrived for \(limits.silence)."
            case .slow: "The body must arrive at \(limits.bytesPerSecond) bytes per second or more."
            case .long: "The body must arrive within \(limits.total)."
            }
        self.init(.requestTimeout, detail)
    }
}
