// Domain: the words of the pipeline and the rules that hold in every program.
//
// Invariants: pure values and functions; no I/O, no clock. A job moves only as the database's
// triggers allow; Tests/JobModel states the same rules. Identifiers are typed by their subject.
// Neighbours: imports no other target of Millrace; every other target may import it.

/// The nine stages of a job, in order. A stage names what is true once it is reached.
package enum Stage: String, CaseIterable, Sendable, Codable, Comparable {
    case queued
    case jobValidated = "job_validated"
    case parsing
    case parsed
    case parseValidated = "parse_validated"
    case chunking
    case chunksBuffered = "chunks_buffered"
    case embedding
    case embedded

    package var ordinal: Int { Self.allCases.firstIndex(of: self)! }

    package static func < (a: Stage, b: Stage) -> Bool { a.ordinal < b.ordinal }
}

/// What is happening to a job at its stage.
package enum JobState: String, CaseIterable, Sendable, Codable {
    case queued, working, retryable, done, deadletter
}

/// A job's stage and state. Of the 45 pairs, `isLegal` admits 32.
package struct Position: Hashable, Sendable, CustomStringConvertible {
    package var stage: Stage
    package var state: JobState

    package init(_ stage: Stage, _ state: JobState) {
        self.stage = stage
        self.state = state
    }

    package var description: String { "\(stage.rawValue)/\(state.rawValue)" }

    /// Whether a job can be in this position. The database's CHECK enforces the same.
    package var isLegal: Bool {
        switch stage {
        case .parseValidated, .chunksBuffered: state == .done
        case .embedding, .embedded: true
        case .queued, .jobValidated, .parsing, .parsed, .chunking: state != .done
        }
    }

    /// Whether the job has ended. Only a redrive can move a dead letter again.
    package var isEnded: Bool {
        state == .deadletter || self == Position(.embedded, .done)
    }

    package static var all: [Position] {
        Stage.allCases.flatMap { stage in JobState.allCases.map { Position(stage, $0) } }
    }
}
