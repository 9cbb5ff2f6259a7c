/// The probability of each fault, 0…1. All are 0 after `end`.
final class Faults: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    /// Hints.
    var lost = 0.0
    var doubled = 0.0
    var reordered = 0.0
    /// Statements that do not reach the database.
    var requestLost = 0.0
    /// Statements that take effect but whose reply is lost.
    var replyLost = 0.0
    /// Statements that take many seconds.
    var slow = 0.0
    /// Calls of parser and embedder.
    var refused = 0.0
    var paused = 0.0
    var hung = 0.0
    /// Embedder responses that violate a rule.
    var malformed = 0.0

    /// Draws the faults of one run. Each is off, or has a random rate.
    static func drawn(_ simulation: Simulation) -> Faults {
        func rate(_ most: Double) -> Double {
            simulation.chance(0.5) ? Double.random(in: 0...most, using: &simulation.random) : 0
        }
        let faults = Faults()
        faults.lost = rate(0.5)
        faults.doubled = rate(0.3)
        faults.reordered = rate(1)
        faults.requestLost = rate(0.05)
        faults.replyLost = rate(0.05)
        faults.slow = rate(0.02)
        faults.refused = rate(0.2)
        faults.paused = rate(0.1)
        faults.hung = rate(0.02)
        faults.malformed = rate(0.1)
        return faults
    }

    func end() {
        lost = 0
        doubled = 0
        reordered = 0
        requestLost = 0
        replyLost = 0
        slow = 0
        refused = 0
        paused = 0
        hung = 0
        malformed = 0
    }
}

/// Deliberate protocol bugs. Some seed must find each of them.
package enum PlantedFault: String, CaseIterable, Sendable {
    case none
    /// Any worker can complete a job, with any token.
    case completionNotFenced
    /// The reconciler never re-sends hints, and idle workers do not poll the table.
    case hintsNeverResent
    case claimsNeverEnd
    case retriesNeverComeDue
    /// Chunks are staged without a fence, and are not cleared when a document is chunked again.
    case chunksKeptOfLostClaims
    /// The flusher moves the chunks in the buffers even if some are missing.
    case flushWithoutCount
    case buffersNotEmptied
    /// Claims from the table pick the oldest jobs of any tenant.
    case turnsNotTaken
    /// A transition and its outputs are written in two transactions.
    case outputsApart
}
