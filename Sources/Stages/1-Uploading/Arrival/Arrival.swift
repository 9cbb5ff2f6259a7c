import Synchronization

/// Counts the bytes of a body as they arrive.
package final class Arrival: Sendable {
    private let start = ContinuousClock.now
    private let state = Mutex((byteCount: 0, last: Duration.zero))

    func advance(by byteCount: Int) {
        let now = start.duration(to: .now)
        state.withLock { $0 = ($0.byteCount + byteCount, now) }
    }

    /// Returns when a limit is breached.
    fileprivate func breach(of limits: ArrivalLimits) async throws -> ArrivalLimits.Breach {
        while true {
            let (byteCount, last) = state.withLock { $0 }
            let (breach, due) = limits.nextBreach(byteCount: byteCount, last: last)
            guard start.duration(to: .now) < due else { return breach }
            try await Task.sleep(until: start + due, clock: .continuous)
        }
    }
}

/// Runs `body` and cancels it when the bytes it receives breach `limits`.
///
/// - Throws: `tooSlow` for a breach, or the error of `body`.
func withArrivalLimits<R: Sendable>(
    _ limits: ArrivalLimits, _ body: @escaping @Sendable (Arrival) async throws -> R
) async throws -> R {
    let arrival = Arrival()
    return try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body(arrival) }
        group.addTask {
            throw UploadRefusal.tooSlow(try await arrival.breach(of: limits), limits)
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
