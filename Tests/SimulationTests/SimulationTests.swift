import Chunker
import Simulation
import TestSupport
import Testing

/// The real stage code through whole lives of a cluster; `make simulate` runs many more.
@Suite struct SimulationTests {
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

    private func report(
        _ seed: UInt64, _ planted: PlantedFault = .none
    ) -> SimulationReport {
        SimulatedRun(seed: seed, planted: planted, chunker: Self.chunker).report()
    }

    @Test(arguments: 1...40)
    func `every document ends as it should, whatever goes wrong`(seed: UInt64) {
        let report = report(seed)
        #expect(report.breaches == [], "make simulate SEED=\(seed)")
        #expect(report.documents > 0)
    }

    @Test func `a seed leads to the same twice`() {
        let first = report(7)
        #expect(report(7).fingerprint == first.fingerprint)
        #expect(report(8).fingerprint != first.fingerprint)
    }

    @Test(arguments: PlantedFault.allCases.filter { $0 != .none })
    func `every planted fault is found`(fault: PlantedFault) {
        let finding = (1...2000).first { !report(UInt64($0), fault).breaches.isEmpty }
        #expect(finding != nil)
    }
}
