import Concurrency
import Glibc
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlockingThreadTests {
    private enum Fault: Error, Equatable { case refused, noThread }

    @Test func `a blocking call returns its value from a thread of its own`() async throws {
        let threads = try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await BlockingThread.run { () throws(Fault) -> UInt in
                        usleep(10_000)
                        return UInt(pthread_self())
                    } orElse: { _ throws(Fault) -> UInt in
                        throw .noThread
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(threads.count == 4)
        #expect(!threads.contains(UInt(pthread_self())))
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
    @Test func `a thread that the system refuses is the caller's error`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            // Root is exempt from the limit on processes. A limit on memory leaves no room for a
            // stack.
            var limit = rlimit(rlim_cur: 1, rlim_max: 1)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            do {
                try BlockingThread.start {}
            } catch {
                exit(7)
            }
        }
    }
}
