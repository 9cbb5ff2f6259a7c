import Concurrency
import Dispatch
import LocalCluster
import Synchronization

/// Starts processes on one thread that never ends. The kernel sends a process its death signal when
/// the thread that started it ends, and on Linux the main actor's threads come and go.
final class SpawnThread: Sendable {
    static let shared = Result { () throws(ClusterError) in try SpawnThread() }

    private let waiting = Mutex<[Start]>([])
    private let isDue = DispatchSemaphore(value: 0)

    private init() throws(ClusterError) {
        do {
            try BlockingThread.start { self.serve() }
        } catch {
            throw .system(action: "start processes", reason: "\(error)")
        }
    }

    func start(_ specification: ProcessSpecification) throws(ClusterError) -> ChildProcess {
        let start = Start(specification)
        waiting.withLock { $0.append(start) }
        isDue.signal()
        start.isDone.wait()
        return try start.outcome.get()
    }

    private func serve() {
        while true {
            isDue.wait()
            let start = waiting.withLock { $0.removeFirst() }
            do throws(ClusterError) {
                start.outcome = .success(try ChildProcess.start(start.specification))
            } catch {
                start.outcome = .failure(error)
            }
            start.isDone.signal()
        }
    }

    /// Written by one thread before it signals, read by the other after that.
    private final class Start: @unchecked Sendable {
        let specification: ProcessSpecification
        let isDone = DispatchSemaphore(value: 0)
        var outcome: Result<ChildProcess, ClusterError>!

        init(_ specification: ProcessSpecification) { self.specification = specification }
    }
}
