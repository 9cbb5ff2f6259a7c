import Domain
import Synchronization

/// Why a job at work is told to stop.
enum StopReason: Sendable {
    /// The row belongs to another claim.
    case claimLost
    /// The program ends and its grace is over.
    case drained
}

/// The jobs at work in this process, bounded by its slots.
final class ActiveJobs: Sendable {
    private struct State {
        var stops: [Claim: AsyncStream<StopReason>.Continuation] = [:]
        var waiter: CheckedContinuation<Void, Never>?
    }

    let slots: Int
    private let state = Mutex(State())

    init(slots: Int) { self.slots = slots }

    var free: Int { state.withLock { slots - $0.stops.count } }
    var claims: [Claim] { state.withLock { Array($0.stops.keys) } }

    /// Takes a slot; the stream tells when the work must stop.
    func begin(_ claim: Claim) -> AsyncStream<StopReason> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: StopReason.self, bufferingPolicy: .bufferingOldest(1))
        state.withLock { $0.stops[claim] = continuation }
        return stream
    }

    func end(_ claim: Claim) {
        let (stop, waiter) = state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            return (state.stops.removeValue(forKey: claim), waiter)
        }
        stop?.finish()
        waiter?.resume()
    }

    func stop(_ claims: [Claim], _ reason: StopReason) {
        for stop in state.withLock({ state in claims.compactMap { state.stops[$0] } }) {
            stop.yield(reason)
        }
    }

    /// Returns when a slot is free, or after `limit`; one caller at a time.
    func waitForFreeSlot(within limit: Duration) async {
        let timer = Task { [self] in
            try? await Task.sleep(for: limit)
            wake()
        }
        defer { timer.cancel() }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if slots > state.stops.count { return true }
                state.waiter = continuation
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func wake() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
