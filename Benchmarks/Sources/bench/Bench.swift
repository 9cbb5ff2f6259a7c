import ArgumentParser
import Foundation

/// Measures Millrace next to what its servers achieve on their own. Run by `make bench`.
@main
struct Bench: ParsableCommand {
    @Option(help: "Folder of the built programs.") var programs: String
    @Option(help: "Folder of the installed runtime.") var runtime: String
    @Option(help: "Folder of the modules that contain SQL.") var statements: String
    @Option(help: "Folder of Swift and Markdown files whose sentences are processed.") var prose:
        String
    @Option(help: "A PDF with text on several pages.") var pdf: String
    @Option(help: "Folder of the table and the plot.") var output: String
    @Option(help: "Turns of each comparison.") var turns = 5
    @Option(help: "Documents per run of dispatch.") var jobs = 10_000
    @Option(help: "Number of finished jobs with which dispatch is measured again; takes minutes.")
    var oldJobs = 0
    @Option(help: "Rows per run of rows; a multiple of 1,000.") var rows = 20_000
    @Option(help: "Sentences that are processed and searched.") var passages = 20_000
    @Option(help: "Only comparisons whose title contains this.") var only = ""

    private var comparisons: [Comparison] {
        [
            Comparison(
                title: "buffered way", unit: "rows",
                sides: [
                    BareCopy(rows: rows),
                    BufferedWay(name: "texts, vectors, flush, vacuum", rows: rows, isBare: true),
                    BufferedWay(name: "and what searches need", rows: rows, isBare: false),
                ]),
            Comparison(
                title: "claims", unit: "jobs",
                sides: [
                    BareClaims(jobs: jobs, leavesEvents: false),
                    BareClaims(jobs: jobs, leavesEvents: true), HintedClaims(jobs: jobs),
                    ProtocolClaims(jobs: jobs, tenants: 1),
                    ProtocolClaims(jobs: jobs, tenants: 100),
                    ProtocolClaims(jobs: jobs, tenants: jobs),
                ]),
            Comparison(
                title: "dispatch", unit: "jobs",
                sides: [
                    BareTransitions(documents: jobs), BareHints(documents: jobs),
                    Pipeline(
                        name: "Millrace, four stages", documents: jobs, sections: 1,
                        countsChunks: false, slots: 256),
                ]
                    + (oldJobs > 0
                        ? [
                            Pipeline(
                                name: "with \(oldJobs) finished jobs", documents: jobs,
                                sections: 1, countsChunks: false, slots: 256, oldJobs: oldJobs)
                        ] : [])),
            Comparison(
                title: "rows", unit: "rows",
                sides: [
                    BareCopy(rows: rows),
                    Pipeline(
                        name: "Millrace, from file to search", documents: rows / 500,
                        sections: 500, countsChunks: true, slots: 4),
                ]),
            Comparison(
                title: "embed-workers, 50 ms", unit: "jobs",
                sides: [1, 2, 4, 8].map { EmbedWorkers(count: $0) }),
        ]
    }

    private func run(_ comparison: Comparison, _ site: Site) throws -> Comparison.Outcome {
        try comparison.run(site, repetitions: turns) { line in
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }

    func run() throws {
        guard let server = ProcessInfo.processInfo.environment["MILLRACE_TEST_POSTGRES_URL"] else {
            throw ValidationError(
                "MILLRACE_TEST_POSTGRES_URL is not set. Run 'make bench', which sets it.")
        }
        let scratch = "/var/tmp/bench-\(UUID().uuidString.prefix(8).lowercased())"
        let site = Site(
            programs: programs, runtime: runtime, statements: statements, scratch: scratch,
            server: server)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var report = Report()
        for comparison in comparisons where isChosen(comparison.title) {
            report.outcomes.append(try run(comparison, site))
            try write(report)
        }
        if isChosen("cutting") {
            let cutting = try ChunkerAlone.comparison(proseIn: prose)
            report.outcomes.append(try run(cutting, site))
            try write(report)
        }
        if proseTitles.contains(where: isChosen) { try runOnProse(site, &report) }
        if isChosen("idle") { report.idle = try Idle().run(site) }
        try write(report)
        print(report.table)
    }

    private func isChosen(_ title: String) -> Bool { only.isEmpty || title.contains(only) }

    private var proseTitles: [String] { ["parsing", "chunking", "embedding", "searching"] }

    private func runOnProse(_ site: Site, _ report: inout Report) throws {
        let sentences = try Sentences.found(in: prose, count: passages)
        let document = try [UInt8](Data(contentsOf: URL(filePath: pdf)))
        let parts = [
            StageAlone.parsing(sentences, pdf: document), StageAlone.chunking(sentences),
            StageAlone.embedding(sentences),
        ]
        for comparison in parts where isChosen(comparison.title) {
            report.outcomes.append(try run(comparison, site))
            try write(report)
        }
        guard isChosen("searching") else { return }
        report.outcomes.append(
            try Passages.withTemporary(site, of: sentences) { passages in
                try run(
                    Comparison(
                        title: "searching", unit: "rows",
                        sides: IndexedVectors.sides(passages)
                            + [SketchedVectors(passages: passages)]), site)
            })
    }

    /// Writes table and plot. Called after each comparison, so that a later failure loses nothing.
    private func write(_ report: Report) throws {
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        try report.table.write(toFile: output + "/table.md", atomically: true, encoding: .utf8)
        try report.plot.write(toFile: output + "/plot.svg", atomically: true, encoding: .utf8)
    }
}
