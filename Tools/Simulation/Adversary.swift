import Domain
import JobModel

/// Counts of the faults that an adversary injected.
package struct FaultCounts: Sendable {
    package var kills = 0
    package var freezes = 0
    package var terminations = 0
    package var brokerOutages = 0
    package var brokerWipes = 0
    package var databaseOutages = 0
    package var commitsLost = 0

    package static func += (sum: inout FaultCounts, faults: FaultCounts) {
        sum.kills += faults.kills
        sum.freezes += faults.freezes
        sum.terminations += faults.terminations
        sum.brokerOutages += faults.brokerOutages
        sum.brokerWipes += faults.brokerWipes
        sum.databaseOutages += faults.databaseOutages
        sum.commitsLost += faults.commitsLost
    }
}

/// Kills, freezes and stops programs, and interrupts the broker and the database.
final class Adversary: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    private let cluster: SimulatedCluster
    private let pause: ClosedRange<Double>
    private(set) var faults = FaultCounts()
    private var simulation: Simulation { cluster.simulation }

    init(_ cluster: SimulatedCluster) {
        self.cluster = cluster
        let rate = Double.random(in: 1...30, using: &cluster.simulation.random)
        pause = 0.1...(2 * rate)
    }

    /// Injects faults for a while, then ends all faults and restores services and processes.
    func act(for duration: Duration) async {
        let end = simulation.now + duration
        while simulation.now < end {
            await simulation.sleep(simulation.duration(pause))
            switch simulation.random.next() % 12 {
            case 0...3: kill()
            case 4...5: freeze()
            case 6...7: terminate()
            case 8: interruptBroker()
            case 9: wipeBroker()
            case 10: interruptDatabase()
            default: if cluster.database.planted == .flushWithoutCount { deleteVector() }
            }
        }
        cluster.faults.end()
        cluster.broker.isUp = true
        cluster.database.isUp = true
        for process in cluster.processes { process.unfreeze() }
    }

    private func victim() -> SimulatedProcess? {
        cluster.processes.randomElement(using: &simulation.random)
    }

    private func kill() {
        guard let process = victim() else { return }
        faults.kills += 1
        cluster.log("\(process.name) is killed")
        process.kill()
    }

    /// Freezes a process for up to a minute, or for up to 15 minutes to outlast its leases.
    private func freeze() {
        guard let process = victim(), !process.isFrozen else { return }
        faults.freezes += 1
        cluster.log("\(process.name) is frozen")
        process.freeze()
        let time = simulation.duration(simulation.chance(0.5) ? 1...60 : 60...900)
        later(time) { process.unfreeze() }
    }

    private func terminate() {
        guard let process = victim(), !process.isFrozen else { return }
        faults.terminations += 1
        cluster.log("\(process.name) receives SIGTERM")
        process.terminate()
    }

    private func interruptBroker() {
        faults.brokerOutages += 1
        cluster.log("the broker becomes unavailable")
        cluster.broker.isUp = false
        later(simulation.duration(1...60)) { [cluster] in cluster.broker.isUp = true }
    }

    private func wipeBroker() {
        faults.brokerWipes += 1
        cluster.log("the broker loses all messages")
        cluster.broker.wipe()
    }

    /// Restarts the database, or fails over to a standby that may lack the last commit.
    private func interruptDatabase() {
        faults.databaseOutages += 1
        cluster.log("the database becomes unavailable")
        cluster.database.isUp = false
        if simulation.chance(0.5), cluster.database.failOver() { faults.commitsLost += 1 }
        later(simulation.duration(1...30)) { [cluster] in cluster.database.isUp = true }
    }

    /// Deletes a staged vector, as a person could by hand.
    private func deleteVector() {
        cluster.database.commit { tables in
            let embedded = tables.all.first { $0.row.position == Position(.embedding, .done) }
            guard let embedded else { return }
            tables.change(embedded.submission.job) { job in
                job.vectors.removeValue(forKey: 0) != nil
            }
        }
    }

    private func later(_ time: Duration, _ action: @escaping @Sendable () -> Void) {
        simulation.start { [simulation] in
            await simulation.sleep(time)
            action()
        }
    }
}
