import CKafkaShim
import Concurrency
import Glibc
import Synchronization

/// A thread for the blocking calls of one client. Runs them in the order of submission.
///
/// `BlockingThread` has a thread per call and no order. A client of librdkafka needs one thread and
/// a fixed order: the thread polls the client, then destroys it after all other calls.
///
/// `@unchecked Sendable`: a POSIX semaphore may be used from any thread, a mutex guards `state`,
/// and the rest is immutable.
final class ThreadExecutor: @unchecked Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var work: [Work] = []
        var isFinishing = false
    }

    private let name: String
    private let state = Mutex(State())
    private let hasEnded = StopSignal()
    /// Counts the pieces of work in the queue.
    private let queued = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(name: String) throws(KafkaError) {
        self.name = name
        sem_init(queued, 0, 0)
        do {
            try BlockingThread.start { self.serve() }
        } catch {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, "\(error)")
        }
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
        // Unstructured tasks, because a client is also closed after its task was cancelled.
        let waiting = Task { await hasEnded.wait() }
        let timer = Task {
            do { try await Task.sleep(for: limit) } catch { return }
            waiting.cancel()
        }
        await waiting.value
        timer.cancel()
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
        hasEnded.raise()
    }
}
