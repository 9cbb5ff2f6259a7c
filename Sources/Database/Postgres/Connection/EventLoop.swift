import CEventLoop
import Concurrency
import Glibc
import Synchronization

/// One thread that runs actor jobs and reports socket readiness, with epoll and an eventfd.
///
/// Connections are actors on this executor, so only its thread touches libpq's state.
///
/// `@unchecked Sendable`: only the loop's thread touches `handlers` and `readDeadlines`. The rest
/// is immutable, atomic or inside the mutex.
final class EventLoop: SerialExecutor, @unchecked Sendable {
    private struct Inbox: Sendable {
        var jobs: [UnownedJob] = []
        var isSleeping = false
        var isStarted = false
        var isStopped = false
    }

    private let epoll = event_epoll_create()
    private let wakeup = event_wakeup_create()
    private let inbox = Mutex(Inbox())
    private let threadID = Atomic<UInt>(0)
    private var handlers: [Int32: @Sendable () -> Void] = [:]
    private var readDeadlines: [Int32: ReadDeadline] = [:]

    /// The deadline of a silent socket, and the action when it passes.
    private struct ReadDeadline {
        var end: ContinuousClock.Instant
        var onEnd: @Sendable () -> Void
    }

    init() { event_add(epoll, wakeup, EVENT_READABLE) }

    deinit {
        close(epoll)
        close(wakeup)
    }

    /// Starts the thread, unless it has been started. Must return before any job is enqueued.
    ///
    /// - Throws: `connection` if the system cannot start a thread.
    func start() throws(PostgresError) {
        try inbox.withLock { inbox throws(PostgresError) in
            guard !inbox.isStarted else { return }
            do {
                try BlockingThread.start { self.run() }
            } catch {
                throw PostgresError(.connection, "\(error)")
            }
            inbox.isStarted = true
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        wake { $0.jobs.append(job) }
    }

    /// Ends the thread once its jobs are done.
    func stop() { wake { $0.isStopped = true } }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func isIsolatingCurrentContext() -> Bool? {
        threadID.load(ordering: .relaxed) == UInt(pthread_self())
    }

    func checkIsolated() { precondition(isIsolatingCurrentContext() == true, "not on the loop") }

    /// Calls `onReady` on the loop when the socket is readable or, with `watchWritable`, writable.
    func watch(_ descriptor: Int32, onReady: @escaping @Sendable () -> Void) {
        handlers[descriptor] = onReady
        event_add(epoll, descriptor, EVENT_READABLE)
    }

    func watchWritable(_ descriptor: Int32, _ isWanted: Bool) {
        event_modify(epoll, descriptor, EVENT_READABLE | (isWanted ? EVENT_WRITABLE : 0))
    }

    /// Calls `onSilence` on the loop once `limit` has passed, up to about 250 ms late, unless
    /// `disarmReadTimeout` is called first.
    func expect(
        _ descriptor: Int32, within limit: Duration, onSilence: @escaping @Sendable () -> Void
    ) {
        readDeadlines[descriptor] = ReadDeadline(end: ContinuousClock.now + limit, onEnd: onSilence)
    }

    func disarmReadTimeout(_ descriptor: Int32) { readDeadlines[descriptor] = nil }

    func unwatch(_ descriptor: Int32) {
        handlers[descriptor] = nil
        readDeadlines[descriptor] = nil
        event_remove(epoll, descriptor)
    }

    private func wake(_ change: (inout sending Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        if mustWake {
            var one: UInt64 = 1
            _ = write(wakeup, &one, 8)
        }
    }

    private func run() {
        event_name_thread("postgres")
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        let executor = asUnownedSerialExecutor()
        var jobs: [UnownedJob] = []
        while true {
            jobs.removeAll(keepingCapacity: true)
            let isOver = inbox.withLock { inbox in
                swap(&inbox.jobs, &jobs)
                inbox.isSleeping = jobs.isEmpty
                return inbox.isStopped && jobs.isEmpty
            }
            if isOver { break }
            for job in jobs { job.runSynchronously(on: executor) }
            poll(milliseconds: jobs.isEmpty ? (readDeadlines.isEmpty ? -1 : 250) : 0)
            if !readDeadlines.isEmpty { expireReads() }
        }
    }

    private func expireReads() {
        let now = ContinuousClock.now
        for (descriptor, read) in readDeadlines where read.end < now {
            self.readDeadlines[descriptor] = nil
            read.onEnd()
        }
    }

    private func poll(milliseconds: Int32) {
        withUnsafeTemporaryAllocation(of: event_ready.self, capacity: 64) { ready in
            let count = event_wait(epoll, ready.baseAddress, 64, milliseconds)
            inbox.withLock { $0.isSleeping = false }
            for index in 0..<max(Int(count), 0) {
                let descriptor = ready[index].descriptor
                if descriptor == wakeup {
                    var count: UInt64 = 0
                    _ = read(wakeup, &count, 8)
                } else {
                    handlers[descriptor]?()
                }
            }
        }
    }
}
