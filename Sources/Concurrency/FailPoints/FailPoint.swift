// FailPoints: places at which a process can be made to die or to freeze.
//
// Invariants: nothing happens unless MILLRACE_FAIL_POINT says so when the process starts; a point
// acts once.
// Neighbours: the adapters that reach the outside, which pass a point around each durable step.

import Glibc
import Synchronization

/// The crash matrix kills and freezes the very programs that are shipped, at a step of its choice.
///
/// `MILLRACE_FAIL_POINT` is `kill` or `stop` with a point, as in `kill after claim`: the process
/// sends itself SIGKILL or SIGSTOP when it gets there first. `list` names on standard error each
/// point that is passed, once.
package enum FailPoint {
    package enum Moment: String, Sendable { case before, after }

    /// A step without a name is no point.
    package static func pass(_ moment: Moment, _ step: String?) {
        guard let plan, let step else { return }
        plan.pass("\(moment) \(step)")
    }

    private static let plan = getenv("MILLRACE_FAIL_POINT").map { FailPlan(String(cString: $0)) }
}

/// What shall happen at which point.
private final class FailPlan: Sendable {
    private enum Deed {
        case raise(signal: Int32, point: String)
        case list
    }

    private let deed: Deed
    /// The points that have been passed, when they are listed; else the one that acted.
    private let passed = Mutex(Set<String>())

    init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.count) {
        case ("kill", 2): deed = .raise(signal: SIGKILL, point: words[1])
        case ("stop", 2): deed = .raise(signal: SIGSTOP, point: words[1])
        case ("list", 1): deed = .list
        default:
            Self.say("MILLRACE_FAIL_POINT is 'kill POINT', 'stop POINT' or 'list', not '\(text)'")
            exit(64)
        }
    }

    func pass(_ point: String) {
        if case .raise(_, let chosen) = deed, chosen != point { return }
        guard passed.withLock({ $0.insert(point).inserted }) else { return }
        switch deed {
        // The thread's own signal: this thread does not go on before it has come.
        case .raise(let signal, _): _ = raise(signal)
        case .list: Self.say("fail point: \(point)")
        }
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
