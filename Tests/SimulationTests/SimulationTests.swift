import Chunker
import Dispatch
import Simulation
import TestSupport
import Testing

/// Runs the real handlers through whole lives of a cluster; `make simulate` runs many more.
@Suite(.timeLimit(.minutes(15))) struct SimulationTests {
    private static let chunker: MarkdownChunker = {
        do {
            return MarkdownChunker(
                by: .tokens(
                    try Cl100kTokenizer(
                        ranksPath: Runtime.path + "/cl100k/cl100k_base.tiktoken")),
                limits: SimulatedRun.chunkLimits)
        } catch {
            fatalError("\(error): run 'make install'")
        }
    }()

    /// Runs simulations one after the other. They compute for a minute, and would stop all other
    /// tests on the threads of Swift concurrency.
    private static let queue = DispatchQueue(label: "simulation")

    private func report(
        _ seed: UInt64, _ planted: PlantedFault = .none
    ) async -> SimulationReport {
        await withCheckedContinuation { continuation in
            Self.queue.async {
                continuation.resume(
                    returning: SimulatedRun(seed: seed, planted: planted, chunker: Self.chunker)
                        .report())
            }
        }
    }

    @Test(arguments: 1...40)
    func `every document ends as expected under all faults`(seed: UInt64) async {
        let report = await report(seed)
        #expect(report.violations == [], "make simulate SEED=\(seed)")
        #expect(report.documents > 0)
    }

    @Test func `a seed always leads to the same run`() async {
        let first = await report(7)
        #expect(await report(7).fingerprint == first.fingerprint)
        #expect(await report(8).fingerprint != first.fingerprint)
    }

    @Test func `jobs that have not ended after six hours are reported`() async {
        let violation = "the cluster did not become idle"
        var seed: UInt64 = 1
        while seed <= 100, await !report(seed, .retriesNeverComeDue).violations.contains(violation)
        {
            seed += 1
        }
        #expect(seed <= 100)
    }

    @Test(arguments: PlantedFault.allCases.filter { $0 != .none })
    func `every planted fault is found`(fault: PlantedFault) async {
        var seed: UInt64 = 1
        while seed <= 2000, await report(seed, fault).violations.isEmpty { seed += 1 }
        #expect(seed <= 2000)
    }
}
