import CKafkaShim
import Glibc
import Synchronization

/// A dedicated thread for blocking calls. Runs work in the order of submission.
///
/// `@unchecked Sendable`: the semaphore is thread-safe, and a mutex guards the rest.
final class ThreadExecutor: @unchecked Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var work: [Work] = []
        var isFinishing = false
        var hasEnded = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
    }

    private let name: String
    private let state = Mutex(State())
    /// Counts the pieces of work in the queue.
    private let queued = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(name: String) throws(KafkaError) {
        self.name = name
        sem_init(queued, 0, 0)
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let fault = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadExecutor>.fromOpaque(argument).takeRetainedValue().serve()
                return nil
            }, me.toOpaque())
        guard fault == 0 else {
            me.release()
            throw KafkaError(
                RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE,
                "cannot start a thread: \(String(cString: strerror(fault)))")
        }
        pthread_detach(thread)
    }

    deinit {
        sem_destroy(queued)
        queued.deallocate()
    }

    /// Runs blocking work on the thread. Must not be called after `finish`.
    ///
    /// - Parameter onceQueued: called by the caller once the work is in the queue.
    func run<Value: Sendable, Failure: Error>(
        onceQueued: () -> Void = {}, _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
            enqueue {
                let outcome: Result<Value, Failure>
                do throws(Failure) {
                    outcome = .success(try work())
                } catch {
                    outcome = .failure(error)
                }
                continuation.resume(returning: outcome)
            }
            onceQueued()
        }
        return try outcome.get()
    }

    func enqueue(_ work: @escaping Work) { add(work, isLast: false) }

    /// Runs this after all other work, then ends the thread.
    func finish(_ work: @escaping Work) { add(work, isLast: true) }

    /// Returns when the thread has run its last work, or after `limit`.
    ///
    /// Destroying a client may never return, because librdkafka 2.0 can wait for the thread of a
    /// broker that has disconnected. Such a thread is left behind and ends with the process.
    func ended(within limit: Duration = .seconds(12)) async {
        await withCheckedContinuation { continuation in
            let id: Int? = state.withLock { state in
                guard !state.hasEnded else { return nil }
                state.lastWaiter += 1
                state.waiters[state.lastWaiter] = continuation
                return state.lastWaiter
            }
            guard let id else { return continuation.resume() }
            Task {
                // This task is never cancelled.
                try? await Task.sleep(for: limit)
                state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
            }
        }
    }

    private func add(_ work: @escaping Work, isLast: Bool) {
        state.withLock { state in
            precondition(!state.isFinishing, "work was scheduled on a thread that is stopping")
            state.isFinishing = isLast
            state.work.append(work)
        }
        sem_post(queued)
    }

    private func serve() {
        // Leaves signals to the program's other threads.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        kafka_name_thread(name)
        var isLast = false
        while !isLast {
            guard sem_wait(queued) == 0 else { continue }
            let work: Work
            (work, isLast) = state.withLock { state in
                let work = state.work.removeFirst()
                return (work, state.isFinishing && state.work.isEmpty)
            }
            work()
        }
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }
}
