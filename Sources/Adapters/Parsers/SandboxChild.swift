import Glibc
import Synchronization

/// A child process that any thread may kill and one thread reaps.
///
/// The kill and the reaping exclude each other, so a signal never reaches a process that has
/// been given the same id since.
final class SandboxChild: Sendable {
    private enum State {
        case notStarted
        case cancelledBeforeStart
        case running(pid_t, cancelled: Bool)
        case reaped(cancelled: Bool)
    }

    private let state = Mutex(State.notStarted)

    /// Kills the child, or keeps it from starting.
    func cancel() {
        state.withLock { state in
            switch state {
            case .notStarted: state = .cancelledBeforeStart
            case .running(let pid, _):
                Glibc.kill(pid, SIGKILL)
                state = .running(pid, cancelled: true)
            case .cancelledBeforeStart, .reaped: break
            }
        }
    }

    /// Starts the child by `spawn`; `nil` when it was cancelled before.
    func start<Failure: Error>(
        _ spawn: () throws(Failure) -> pid_t
    ) throws(Failure) -> pid_t? {
        let result: Result<pid_t?, Failure> = state.withLock { state in
            guard case .notStarted = state else { return .success(nil) }
            do throws(Failure) {
                let pid = try spawn()
                state = .running(pid, cancelled: false)
                return .success(pid)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Kills the child for a reason that is not cancellation.
    func kill() {
        state.withLock { state in
            if case .running(let pid, _) = state { Glibc.kill(pid, SIGKILL) }
        }
    }

    /// Takes the ended child's wait status; `nil` while it lives.
    func reapIfEnded() -> Int32? {
        state.withLock { state in
            guard case .running(let pid, let cancelled) = state else { return nil }
            var status: Int32 = 0
            let reaped = waitpid(pid, &status, WNOHANG)
            guard reaped == pid || (reaped < 0 && errno == ECHILD) else { return nil }
            state = .reaped(cancelled: cancelled)
            return status
        }
    }

    var wasCancelled: Bool {
        state.withLock { state in
            switch state {
            case .notStarted: false
            case .cancelledBeforeStart: true
            case .running(_, let cancelled), .reaped(let cancelled): cancelled
            }
        }
    }
}
