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

/// Runs blocking work on a new thread instead of the cooperative pool.
package func onOwnThread<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
        let work = ThreadBody {
            do throws(Failure) {
                continuation.resume(returning: .success(try body()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        work.start()
    }
    return try result.get()
}

/// The closure of a new thread; retained until it has run.
private final class ThreadBody: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "cannot start a thread: \(String(cString: strerror(code)))")
        pthread_detach(thread)
    }
}
