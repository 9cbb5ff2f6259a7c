import Glibc

/// Runs calls that block, each on a new thread, so that they do not occupy a thread of the
/// cooperative pool.
///
/// The one way to run a blocking call. A thread costs about 20 µs, which is little for a call that
/// waits for a process, a socket or a large file. Four kinds of work have threads of their own,
/// because they need more than this:
/// - Postgres' `EventLoop` is the executor of connections: actors whose state only its thread
///   touches.
/// - Kafka's `ThreadExecutor` runs calls in order, the last of which destroys the client.
/// - `ComputeThreads` of the local models hold workspaces between calls and serve their callers in
///   turn.
/// - File calls of BlobStores and Backups are short and many, so they share NIO's thread pool.
package enum BlockingThread {
    /// The system cannot start another thread. The text is its reason.
    package struct Unavailable: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Starts a thread that runs `body` and ends.
    ///
    /// Processes that `body` starts with a parent-death signal die with the thread.
    package static func start(
        _ body: @escaping @Sendable () -> Void
    ) throws(Unavailable) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw Unavailable(
                description: "cannot start a thread: \(String(cString: strerror(code)))")
        }
        pthread_detach(thread)
    }

    /// Returns or throws what `body` does. Not cancelled with the task.
    ///
    /// - Parameter unavailable: runs instead when the system cannot start a thread.
    package static func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value,
        orElse unavailable: (Unavailable) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
            do throws(Unavailable) {
                try start { continuation.resume(returning: Result(catching: body)) }
            } catch {
                continuation.resume(
                    returning: Result { () throws(Failure) in try unavailable(error) })
            }
        }
        return try outcome.get()
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
