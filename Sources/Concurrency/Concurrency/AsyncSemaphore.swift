// Concurrency: one primitive per purpose, for all other targets.
//
// AsyncSemaphore bounds how many callers do something at once. Coalescer joins the calls of many
// callers into one. StopSignal ends waits. BlockingThread runs calls that block. CloseAtShutdown
// closes what the services of a program have used.
// Invariants: no caller waits for a lock while another waits for I/O. Each waiter is resumed
// exactly once. Every wait ends with its task, except where a declaration says otherwise.
// Neighbours: the standard library below, ServiceLifecycle for shutdown. FailPoints is a target of
// its own, because adapters that need nothing else use it.

import Synchronization

/// A counting semaphore. Callers beyond the limit wait in the order of their arrival.
///
/// For callers that wait. `Admission` in Pipeline refuses requests instead, and a pool chooses
/// among its connections.
package final class AsyncSemaphore: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var lastID = 0
        /// Not empty only while no permit is free.
        var waiting: [Waiter] = []
    }

    private let state: Mutex<State>

    package init(permits: Int) {
        precondition(permits > 0, "a semaphore needs at least one permit")
        state = Mutex(State(free: permits))
    }

    /// Waits for a permit, which the caller must `release`.
    ///
    /// - Returns: false when the task was cancelled. The caller then has no permit.
    package func acquire() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Under the lock: a later cancellation finds the waiter in the list.
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Passes a permit to the caller that has waited longest, or frees it.
    package func release() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
