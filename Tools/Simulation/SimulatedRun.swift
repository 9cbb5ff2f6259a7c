package import Chunker
import Domain
import JobModel

/// The result of one seed.
package struct SimulationReport: Sendable {
    package var seed: UInt64
    package var virtualTime = Duration.zero
    package var documents = 0
    package var searchable = 0
    /// Dead letters before the redrive, by code.
    package var deadLetters: [String: Int] = [:]
    package var commits = 0
    package var faults = FaultCounts()
    /// Always the same for the same seed.
    package var fingerprint: UInt64 = 0
    /// Descriptions of broken promises; empty if every promise held.
    package var violations: [String] = []

    package init(seed: UInt64) { self.seed = seed }
}

/// One run of a cluster. Documents arrive while faults are injected. Then the faults stop, and
/// every job must end. Then dead letters are redriven, and every healthy document must be
/// searchable.
///
/// In half of the runs, one tenant then uploads many documents. Documents that other tenants upload
/// at that time must not wait for all of them.
package struct SimulatedRun {
    package static let chunkLimits: ChunkLimits = {
        guard
            let limits = try? ChunkLimits(
                target: 24, max: 32, overlapMax: 0, joinMax: 0)
        else { preconditionFailure("limits of the simulation") }
        return limits
    }()

    private let seed: UInt64
    private let cluster: SimulatedCluster
    private let adversary: Adversary

    /// - Parameters:
    ///   - chunker: with `chunkLimits`, so that short documents have several chunks.
    ///   - trace: receives a line for each event.
    package init(
        seed: UInt64, planted: PlantedFault = .none, chunker: MarkdownChunker,
        trace: (@Sendable (String) -> Void)? = nil
    ) {
        self.seed = seed
        cluster = SimulatedCluster(seed: seed, planted: planted, chunker: chunker, trace: trace)
        adversary = Adversary(cluster)
    }

    /// The number of steps after which a run counts as stalled: far more than any has taken.
    private static let stepsMax = 20_000_000

    package func report() -> SimulationReport {
        var report = SimulationReport(seed: seed)
        let simulation = cluster.simulation
        cluster.startWorkers()
        uploadDocuments()
        let adversary = adversary
        let trouble = simulation.duration(120...1800)
        nonisolated(unsafe) var isCalm = false
        simulation.start {
            await adversary.act(for: trouble)
            isCalm = true
        }
        var stalled = !simulation.run(stepsMax: Self.stepsMax) { isCalm }
        stalled = stalled || !settle()
        for job in cluster.database.tables.all where job.row.position.state == .deadletter {
            report.deadLetters[job.row.errorCode ?? "unknown", default: 0] += 1
        }
        if !stalled {
            redrive()
            stalled = !settle()
        }
        if !stalled, simulation.chance(0.5) {
            uploadCrowd()
            stalled = !settle()
        }
        report.documents = cluster.acknowledged.count
        report.searchable = cluster.database.tables.all.count { !$0.searchable.isEmpty }
        report.violations = violations()
        if stalled { report.violations.append("the cluster did not become idle") }
        report.virtualTime = simulation.now
        report.commits = cluster.database.commits
        report.faults = adversary.faults
        report.fingerprint = cluster.database.fingerprint
        cluster.close()
        _ = simulation.run(stepsMax: Self.stepsMax) { false }
        return report
    }

    private func uploadDocuments() {
        let simulation = cluster.simulation
        for index in 0..<Int.random(in: 3...30, using: &simulation.random) {
            let words = (0..<Int.random(in: 3...120, using: &simulation.random)).map { _ in
                "word\(simulation.random.next() % 500)"
            }
            let kind: Submission.Kind =
                simulation.chance(0.05) ? .poison : simulation.chance(0.05) ? .unreadable : .healthy
            let time = simulation.duration(0...600)
            let text = "Document \(index). " + words.joined(separator: " ")
            cluster.upload(text, kind, as: cluster.newTenant(), after: time)
        }
    }

    /// Runs until every job has ended, for at most six hours of virtual time. Returns whether all
    /// have ended.
    private func settle() -> Bool {
        let simulation = cluster.simulation
        let end = simulation.now + .seconds(6 * 3600)
        _ = simulation.run(stepsMax: Self.stepsMax) { isSettled || simulation.now > end }
        return isSettled
    }

    private var isSettled: Bool {
        cluster.uploading == 0 && cluster.database.tables.all.allSatisfy(\.row.position.isEnded)
    }

    /// Redrives the dead letters of healthy documents, as an operator would.
    private func redrive() {
        let now = cluster.simulation.now
        cluster.database.commit { tables in
            for job in tables.all where job.submission.kind == .healthy {
                tables.change(job.submission.job) { $0.row.redrive(at: now) }
            }
        }
    }

    private static let crowd = 20...60
    /// The maximum number of other tenants, with one document each.
    private static let neighboursMax = 3

    /// Uploads many documents of one tenant at once, and one each of other tenants while they wait.
    private func uploadCrowd() {
        let simulation = cluster.simulation
        cluster.database.turns.isOn = true
        let tenant = cluster.newTenant()
        for index in 0..<Int.random(in: Self.crowd, using: &simulation.random) {
            cluster.upload("One of many, number \(index).", .healthy, as: tenant)
        }
        for index in 0..<Int.random(in: 1...Self.neighboursMax, using: &simulation.random) {
            cluster.upload(
                "The only one, \(index).", .healthy, as: cluster.newTenant(),
                after: simulation.duration(0...30))
        }
    }

    private func violations() -> [String] {
        let tables = cluster.database.tables
        var violations = RunInvariants(
            tables: tables, acknowledged: cluster.acknowledged, disk: cluster.disk
        ).violations()
        for job in tables.all {
            let isFound = job.row.position == Position(.embedded, .done)
            if isFound != (job.submission.kind == .healthy) {
                violations.append(
                    "job \(job.submission.job), \(job.submission.kind), ends at "
                        + "\(job.row.position) (\(job.row.errorCode ?? "no error"))")
            }
        }
        return violations + turnViolations()
    }

    /// Checks that waiting is bounded. A worker that has just filled its slots with one tenant's
    /// jobs assigns at least every second slot after that to the other tenants, in turn.
    private func turnViolations() -> [String] {
        WorkQueue.allCases.compactMap { queue in
            let most = cluster.database.turns.most[queue, default: 0]
            let (workers, slots) = cluster.workers(of: queue)
            let bound = slots + 2 * workers * Self.neighboursMax
            guard most > bound else { return nil }
            return "queue \(queue): a job was overtaken \(most) times by one tenant, not \(bound)"
        }
    }
}
