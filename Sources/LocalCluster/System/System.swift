import Concurrency
import Glibc

/// The message for `errno`.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// Seconds of the monotonic clock, for time limits.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Blocks this thread, which must not belong to the cooperative pool.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// Polls `condition` until it holds or `seconds` have passed; returns whether it held.
func waitUntil(
    within seconds: Double, everyMilliseconds step: UInt32 = 20, _ condition: () -> Bool
) -> Bool {
    let end = monotonicSeconds() + seconds
    while !condition() {
        guard monotonicSeconds() < end else { return false }
        pause(milliseconds: step)
    }
    return true
}

/// Runs blocking work on a thread of its own.
package func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws(ClusterError) -> Value
) async throws(ClusterError) -> Value {
    try await BlockingThread.run(body) { reason throws(ClusterError) -> Value in
        throw .system(action: "run blocking work", reason: "\(reason)")
    }
}
