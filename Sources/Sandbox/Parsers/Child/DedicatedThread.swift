import Domain
import Glibc

/// Runs blocking work on its own thread, so that it does not block a cooperative thread.
enum DedicatedThread {
    /// Returns the closure's result. Fails as unavailable when no thread can be created.
    static func run<Success: Sendable>(
        _ work: @escaping @Sendable () -> Result<Success, JobFailure>
    ) async throws(JobFailure) -> Success {
        let result: Result<Success, JobFailure> = await withCheckedContinuation { continuation in
            start {
                continuation.resume(returning: work())
            } orElse: {
                let failure = JobFailure.unavailable(
                    .machine(.noThread), "the system cannot start a thread")
                continuation.resume(returning: .failure(failure))
            }
        }
        return try result.get()
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func start(
        _ body: @escaping @Sendable () -> Void, orElse failed: () -> Void
    ) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if status != 0 {
            work.release()
            failed()
        }
    }
}
