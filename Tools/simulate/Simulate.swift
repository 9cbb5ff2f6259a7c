import ArgumentParser
import Chunker
import Glibc
import Simulation
import Synchronization

/// Runs the simulation over many seeds, or traces a single one.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the code of workers and reconciler in simulated clusters, one per seed.",
        discussion: "Prints the seed and exits with code 1 when an invariant is violated.")

    @Option(help: "Number of seeds.") var seeds = 1000
    @Option(help: "The first seed.") var first: UInt64 = 1
    @Option(help: "Only this seed, with a line for each event.") var seed: UInt64?
    @Option(help: "Folder of the installed runtime.") var runtime: String

    func run() async throws {
        let chunker = MarkdownChunker(
            by: .tokens(
                try Cl100kTokenizer(ranksPath: runtime + "/cl100k/cl100k_base.tiktoken")),
            limits: SimulatedRun.chunkLimits)
        if let seed {
            let report = SimulatedRun(seed: seed, chunker: chunker) { print($0) }.report()
            try conclude(Total(report), wallTime: nil)
        } else {
            let start = ContinuousClock.now
            let total = await runAll(chunker)
            try conclude(total, wallTime: start.duration(to: .now))
        }
    }

    /// Runs all seeds, as many at once as there are processors.
    private func runAll(_ chunker: MarkdownChunker) async -> Total {
        let total = Mutex(Total())
        let next = Atomic(first)
        let end = first + UInt64(seeds)
        let work = { @Sendable in
            while case let seed = next.add(1, ordering: .relaxed).oldValue, seed < end {
                let report = SimulatedRun(seed: seed, chunker: chunker).report()
                total.withLock { $0.add(report) }
                for violation in report.violations { print("VIOLATION seed \(seed): \(violation)") }
            }
        }
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
                group.addTask { work() }
            }
        }
        return total.withLock { $0 }
    }

    private func conclude(_ total: Total, wallTime: Duration?) throws {
        print(total.table(wallTime))
        guard total.broken.isEmpty else {
            print("Replay: make simulate SEED=\(total.broken.sorted()[0])")
            throw ExitCode.failure
        }
    }
}

/// The sum of many runs.
struct Total: Sendable {
    private var runs = 0
    private var sum = SimulationReport(seed: 0)
    private(set) var broken: [UInt64] = []

    init() {}

    init(_ report: SimulationReport) {
        add(report)
        for violation in report.violations { print("VIOLATION: \(violation)") }
    }

    mutating func add(_ report: SimulationReport) {
        runs += 1
        sum.virtualTime += report.virtualTime
        sum.documents += report.documents
        sum.searchable += report.searchable
        sum.commits += report.commits
        sum.faults += report.faults
        sum.deadLetters.merge(report.deadLetters, uniquingKeysWith: +)
        if !report.violations.isEmpty { broken.append(report.seed) }
    }

    func table(_ wallTime: Duration?) -> String {
        let hours = Int(sum.virtualTime / .seconds(3600))
        var rows = [
            ("seeds", "\(runs)"), ("seeds with a violation", "\(broken.count)"),
            ("hours simulated", "\(hours)"),
        ]
        if let wallTime {
            rows += [
                ("seconds of real time", "\(Int(wallTime / .seconds(1)))"),
                ("times faster than real time", "\(Int(sum.virtualTime / wallTime))"),
            ]
        }
        rows += [
            ("documents accepted", "\(sum.documents)"),
            ("searchable at the end", "\(sum.searchable)"),
            ("commits", "\(sum.commits)"), ("kills", "\(sum.faults.kills)"),
            ("freezes", "\(sum.faults.freezes)"), ("shutdowns", "\(sum.faults.terminations)"),
            ("broker outages", "\(sum.faults.brokerOutages)"),
            ("broker wipes", "\(sum.faults.brokerWipes)"),
            ("database outages", "\(sum.faults.databaseOutages)"),
            ("commits lost in a failover", "\(sum.faults.commitsLost)"),
        ]
        rows += sum.deadLetters.sorted { $0.key < $1.key }.map {
            ("dead letters before redrive, \($0.key)", "\($0.value)")
        }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }.joined(separator: "\n")
    }
}
