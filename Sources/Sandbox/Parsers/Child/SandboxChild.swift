import Glibc
import Synchronization

/// The child process of a document, controlled through its socket. Any thread may kill it.
final class SandboxChild: Sendable {
    private struct State {
        var line: Int32?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Kills the child, or prevents its start.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            Self.hangUp(state.line)
        }
    }

    /// Kills the child for a reason other than cancellation.
    func kill() { state.withLock { Self.hangUp($0.line) } }

    /// Starts the child with `start`; `nil` when it is already cancelled.
    func begin<Failure: Error>(_ start: () throws(Failure) -> Int32) throws(Failure) -> Int32? {
        try state.withLock { state throws(Failure) in
            guard !state.isCancelled else { return nil }
            state.line = try start()
            return state.line
        }
    }

    /// Closes the socket of a child that has ended.
    func end() {
        state.withLock { state in
            if let line = state.line { close(line) }
            state.line = nil
        }
    }

    var wasCancelled: Bool { state.withLock { $0.isCancelled } }

    private static func hangUp(_ line: Int32?) {
        if let line { shutdown(line, Int32(SHUT_WR)) }
    }
}
