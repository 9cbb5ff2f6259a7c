import Domain
import FoundationEssentials
import Pipeline

/// A database in memory: transactions are atomic and decided by Domain's rules; statements and
/// their answers get lost, take long, and a failover may forget the last commit.
final class SimulatedDatabase: @unchecked Sendable {
    // Unchecked: touched by the simulation's thread alone.

    let simulation: Simulation
    let planted: PlantedFault
    private let faults: Faults
    private(set) var tables = Tables()
    private(set) var commits = 0
    /// Of all commits so far, in order.
    private(set) var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
    /// What a failover falls back to; nothing when the last commit is on both servers.
    private var previous: Tables?
    var isUp = true
    var turns = TurnWatch()

    init(_ simulation: Simulation, _ faults: Faults, planted: PlantedFault) {
        self.simulation = simulation
        self.faults = faults
        self.planted = planted
    }

    /// One transaction of a process. Its statement may take effect though the process hears of an
    /// error, and though it is dead by then.
    ///
    /// - Parameter isSafe: whether the commit is on both servers before it is acknowledged.
    func transaction<R>(
        of process: SimulatedProcess, isSafe: Bool = false,
        _ body: (inout Tables) throws(StageFailure) -> R
    ) async throws(StageFailure) -> R {
        try await process.pass()
        await simulation.sleep(simulation.duration(0.001...0.02))
        if simulation.chance(faults.slow) { await simulation.sleep(simulation.duration(5...120)) }
        if process.isDead || Task.isCancelled, simulation.chance(0.5) {
            throw .transient("store_unavailable", "the statement was cancelled")
        }
        if !isUp || simulation.chance(faults.requestLost) {
            await simulation.sleep(simulation.duration(0.1...30))
            throw .transient("store_unavailable", "the connection is lost")
        }
        let result = try commit(isSafe: isSafe, body)
        if simulation.chance(faults.replyLost) {
            await simulation.sleep(simulation.duration(0.1...30))
            throw .transient("store_unavailable", "the connection is lost")
        }
        await simulation.sleep(simulation.duration(0.001...0.02))
        try await process.pass()
        return result
    }

    /// A change by nobody's program: an operator's, or an accident's.
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

    /// The other server takes over; returns whether it lacks the last commit.
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
