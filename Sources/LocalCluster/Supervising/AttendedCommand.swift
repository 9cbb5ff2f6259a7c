import Glibc

/// A command in the foreground. It shares our output and receives the signals that we receive.
package struct AttendedCommand: Sendable {
    private let words: [String]
    private let environment: [String: String]

    package init(_ words: [String], environment: [String: String]) {
        self.words = words
        self.environment = environment
    }

    /// The signals that `run` needs.
    package static let signals = [SIGTERM, SIGINT, SIGHUP, SIGCHLD]

    /// Returns the command's exit code, or 128 plus the number of the signal that ended it.
    package func run(_ signals: Signals) throws(ClusterError) -> Int32 {
        var specification = ProcessSpecification(
            executable: "/usr/bin/env", arguments: words, environment: environment)
        specification.deathSignal = .terminate
        let child = try ChildProcess.start(specification)
        while true {
            if let exit = child.poll() {
                switch exit {
                case .code(let code): return code
                case .signal(let signal): return 128 + signal
                case .unknown: return 1
                }
            }
            guard let number = signals.next(milliseconds: 500), number != SIGCHLD else { continue }
            kill(-child.identity.pid, number)
            if child.wait(seconds: 10) == nil { kill(-child.identity.pid, SIGKILL) }
        }
    }
}
