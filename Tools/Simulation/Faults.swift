/// How often what goes wrong, 0…1 of the chances it gets. Nothing, once the cluster is let alone.
final class Faults: @unchecked Sendable {
    // Unchecked: touched by the simulation's thread alone.

    /// Hints.
    var lost = 0.0
    var doubled = 0.0
    var reordered = 0.0
    /// Statements that do not reach the database.
    var requestLost = 0.0
    /// Statements that do their work, of which the program does not hear.
    var replyLost = 0.0
    /// Statements that take many seconds.
    var slow = 0.0
    /// Calls of parser and embedder.
    var refused = 0.0
    var paused = 0.0
    var hung = 0.0
    /// Answers of the embedder that break a rule.
    var malformed = 0.0

    /// What may go wrong in one run: each of it not at all, or with a rate of its own.
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

/// Ways to get the protocol wrong, each of which some seed must find.
package enum PlantedFault: String, CaseIterable, Sendable {
    case none
    /// Whoever comes first completes a job, with whatever token.
    case completionNotFenced
    /// The reconciler never hints again, and idle workers do not look into the table.
    case nobodyTellsAgain
    case claimsNeverEnd
    case retriesNeverComeDue
    /// A lost claim's vectors are staged, and chunks are not cleared when they are cut again.
    case chunksKeptOfLostClaims
    /// The flusher moves what is there, counted or not.
    case flushWithoutCount
    case buffersNotEmptied
    /// Claims from the table take the oldest jobs of any tenant.
    case turnsNotTaken
    /// The job moves on, its outputs come in a second transaction.
    case outputsApart
}
