// FailPoints: places at which a test can kill or freeze a process.
//
// Invariants: a fail point acts only if MILLRACE_FAIL_POINT was set when the process started, and
// only once.
// Neighbours: the adapters to external systems, which pass a point around each durable step.

import Glibc
import Synchronization

/// Kills or freezes the process at a chosen step. The crash matrix uses it on the shipped programs.
///
/// `MILLRACE_FAIL_POINT` is `kill` or `stop` followed by a point, for example `kill after claim`.
/// The process sends itself SIGKILL or SIGSTOP when it first reaches that point. `list` prints
/// each point to standard error the first time it is passed.
package enum FailPoint {
    package enum Moment: String, Sendable { case before, after }

    /// Passes a point. Does nothing if `step` is `nil`.
    package static func pass(_ moment: Moment, _ step: String?) {
        guard let plan, let step else { return }
        plan.pass("\(moment) \(step)")
    }

    private static let plan = getenv("MILLRACE_FAIL_POINT").map { FailPlan(String(cString: $0)) }
}

/// The action to perform, and the point at which to perform it.
private final class FailPlan: Sendable {
    private enum Action {
        case raise(signal: Int32, point: String)
        case list
    }

    private let action: Action
    /// The points that have been listed, or the one that has acted.
    private let passed = Mutex(Set<String>())

    init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.count) {
        case ("kill", 2): action = .raise(signal: SIGKILL, point: words[1])
        case ("stop", 2): action = .raise(signal: SIGSTOP, point: words[1])
        case ("list", 1): action = .list
        default:
            Self.printError(
                "MILLRACE_FAIL_POINT must be 'kill POINT', 'stop POINT' or 'list', not '\(text)'")
            exit(64)
        }
    }

    func pass(_ point: String) {
        if case .raise(_, let chosen) = action, chosen != point { return }
        guard passed.withLock({ $0.insert(point).inserted }) else { return }
        switch action {
        // raise() signals the calling thread, which does not continue until delivery.
        case .raise(let signal, _): _ = raise(signal)
        case .list: Self.printError("fail point: \(point)")
        }
    }

    private static func printError(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
