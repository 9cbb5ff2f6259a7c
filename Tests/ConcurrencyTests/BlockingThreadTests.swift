import Concurrency
import Glibc
import LocalCluster
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlockingThreadTests {
    private enum Fault: Error, Equatable { case refused, noThread }

    @Test func `more calls can block at once than the cooperative pool has threads`() async throws {
        // The pool has a thread per processor, so on the pool the calls would never all have begun.
        let count = 2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) + 1
        let begun = Guarded(0)
        let threads = try await withThrowingTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    try await BlockingThread.run { () throws(Fault) -> UInt in
                        begun.withLock { $0 += 1 }
                        while begun.withLock({ $0 < count }) { usleep(1_000) }
                        return UInt(pthread_self())
                    } orElse: { _ throws(Fault) -> UInt in
                        throw .noThread
                    }
                }
            }
            return try await group.reduce(into: Set<UInt>()) { $0.insert($1) }
        }
        #expect(threads.count == count)
    }

    @Test func `the error of a blocking call reaches its caller`() async {
        await #expect(throws: Fault.refused) {
            try await BlockingThread.run { () throws(Fault) -> Void in
                throw .refused
            } orElse: { _ throws(Fault) -> Void in
                throw .noThread
            }
        }
    }

    /// In a process of its own, because the limit cannot be raised again.
    @Test(arguments: ["refused-start", "refused-run"])
    func `a thread that the system refuses is the caller's error`(call: String) async throws {
        let probe = ProcessSpecification(
            executable: Runtime.program("exit-probe"), arguments: [call], environment: [:])
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(probe).wait(seconds: 60)
        }
        #expect(exit == .code(7))
    }
}
