import Domain
import Logging

/// How the work on a claimed job ended, as it is counted and logged.
enum JobOutcome: Sendable {
    case completed
    case retried, snoozed, deadlettered
    /// Released at shutdown, without counting the attempt.
    case released
    /// The claim belongs to another worker, so nothing was written.
    case lost
    /// The store did not accept the outcome. The claim ends with its lease.
    case unrecorded

    /// The outcome of a failure; `nil` when there is nothing to record.
    init?(_ verdict: FailureVerdict) {
        switch verdict {
        case .retry(_, countsAsAttempt: true): self = .retried
        case .retry(_, countsAsAttempt: false): self = .snoozed
        case .deadletter: self = .deadlettered
        case .abandon: return nil
        }
    }

    /// The value of the metric's label `outcome`.
    var label: String {
        switch self {
        case .completed: "completed"
        case .retried: "retried"
        case .snoozed: "snoozed"
        case .deadlettered: "deadlettered"
        case .released: "released"
        case .lost, .unrecorded: "lost"
        }
    }

    var level: Logger.Level {
        switch self {
        case .completed, .released: .info
        case .retried, .snoozed, .lost, .unrecorded: .warning
        case .deadlettered: .error
        }
    }

    /// What is unavailable, or why the work failed, is in the log line's `code` and `error`.
    var message: Logger.Message {
        switch self {
        case .completed: "work completed"
        case .retried: "job will be retried"
        case .snoozed: "job snoozed until its dependency is available"
        case .deadlettered: "job dead-lettered"
        case .released: "job released at shutdown"
        case .lost: "claim lost, work dropped"
        case .unrecorded: "outcome not recorded; the claim ends with its lease"
        }
    }
}
