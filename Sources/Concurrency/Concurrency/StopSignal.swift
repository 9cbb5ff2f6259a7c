import ServiceLifecycle
import Synchronization

/// A signal that stays raised. Raising it resumes all waiters.
package final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock { $0.isRaised } }

    package func raise() {
        let waiters = state.withLock { state in
            state.isRaised = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns once the signal is raised or the task cancelled.
    package func wait() async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRaised || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Runs `body` and cancels it when the signal is raised.
    package func cancelling<R: Sendable>(
        _ body: @escaping @Sendable () async -> R
    ) async -> R {
        await withTaskGroup(of: R?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await self.wait()
                return nil
            }
            var result: R?
            for await end in group {
                if let end { result = end }
                group.cancelAll()
            }
            // Not nil: the group ends only after `body` has returned.
            return result!
        }
    }
}

/// Runs `body` and cancels it at graceful shutdown.
///
/// Uses structured tasks only, unlike `cancelWhenGracefulShutdown`, so that a simulation can run it
/// on its own executor.
package func untilGracefulShutdown(_ body: @escaping @Sendable () async -> Void) async {
    let stop = StopSignal()
    await withGracefulShutdownHandler {
        await stop.cancelling(body)
    } onGracefulShutdown: {
        stop.raise()
    }
}
