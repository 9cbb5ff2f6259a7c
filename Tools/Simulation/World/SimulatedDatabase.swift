import Domain
import FoundationEssentials
import Pipeline

/// A database in memory. Transactions are atomic and follow JobModel's rules. Statements and
/// replies can be lost or slow, and a failover can lose the last commit.
final class SimulatedDatabase: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    let simulation: Simulation
    let planted: PlantedFault
    private let faults: Faults
    private(set) var tables = Tables()
    private(set) var commits = 0
    /// A hash of all commits so far, in order.
    private(set) var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
    /// The state after a failover; `nil` when the last commit is on both servers.
    private var previous: Tables?
    var isUp = true
    var turns = TurnWatch()

    init(_ simulation: Simulation, _ faults: Faults, planted: PlantedFault) {
        self.simulation = simulation
        self.faults = faults
        self.planted = planted
    }

    /// Runs one transaction of a process. It can take effect even if the process receives an error,
    /// or is dead by then.
    ///
    /// - Parameter isSafe: whether the commit is on both servers before it is acknowledged.
    func transaction<R>(
        of process: SimulatedProcess, isSafe: Bool = false,
        _ body: (inout Tables) throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        try await process.pass()
        await simulation.sleep(simulation.duration(0.001...0.02))
        if simulation.chance(faults.slow) { await simulation.sleep(simulation.duration(5...120)) }
        if process.isDead || Task.isCancelled, simulation.chance(0.5) {
            throw .transient(.database(.unavailable), "the statement was cancelled")
        }
        if !isUp || simulation.chance(faults.requestLost) {
            await simulation.sleep(simulation.duration(0.1...30))
            throw .transient(.database(.unavailable), "the connection is lost")
        }
        let result = try commit(isSafe: isSafe, body)
        if simulation.chance(faults.replyLost) {
            await simulation.sleep(simulation.duration(0.1...30))
            throw .transient(.database(.unavailable), "the connection is lost")
        }
        await simulation.sleep(simulation.duration(0.001...0.02))
        try await process.pass()
        return result
    }

    /// Commits a change. Called directly for changes by an operator or by accident.
    func commit<R, Failure: Error>(
        isSafe: Bool = true, _ body: (inout Tables) throws(Failure) -> R
    ) throws(Failure) -> R {
        var next = tables
        let result = try body(&next)
        previous = isSafe ? nil : tables
        tables = next
        commits += 1
        note(UInt64(truncatingIfNeeded: Int(simulation.now / .microseconds(1))))
        for job in tables.all { note(UInt64(job.events.count)) }
        return result
    }

    /// Lets the standby take over. Returns whether it lacks the last commit.
    func failOver() -> Bool {
        guard let previous else { return false }
        tables = previous
        self.previous = nil
        note(0)
        return true
    }

    func freshToken() -> ClaimID {
        let (high, low) = (simulation.random.next(), simulation.random.next())
        return withUnsafeBytes(of: (high, low)) {
            ClaimID(UUID(uuid: $0.loadUnaligned(as: uuid_t.self)))
        }
    }

    private func note(_ value: UInt64) { fingerprint = (fingerprint ^ value) &* 0x100_0000_01b3 }
}
