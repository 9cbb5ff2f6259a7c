import ArgumentParser
import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster
import Validation

/// Runs the acceptance scenarios and writes their report.
@main
struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the acceptance scenarios and writes their report.",
        discussion: """
            Starts its own PostgreSQL server and the programs in the folder of this one. The exit \
            code is 1 when a scenario fails.
            """)

    @Option(help: "Folder of the installed runtime.") var runtime: String
    @Option(help: "File of the report; without it, no figures are measured.") var report: String?
    @Option(help: "Only the suite of this name, such as 'Errors'.") var only: String?

    func validate() throws {
        if let only, Scenario.Suite(rawValue: only) == nil {
            let all = Scenario.Suite.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(only)' is not a suite. Suites: \(all).")
        }
    }

    func run() async throws {
        let directory = "/tmp/validate-\(UUID().uuidString.prefix(8).lowercased())"
        guard try await carryOut(in: directory) else {
            print("Logs: \(directory)")
            throw ExitCode.failure
        }
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Runs the scenarios and returns whether all hold.
    @MainActor
    private func carryOut(in directory: String) async throws -> Bool {
        let me = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let server = try ReportServer(runtime: runtime, directory: directory)
        let plan = ValidationPlan(
            site: TestCluster.Site(
                programs: String(me.dropLast("/validate".count)), runtime: runtime,
                kafkaBrokers: nil),
            server: server.url, serverLog: ServerLog(path: server.log), directory: directory,
            scale: .full)
        let holds = try await carryOut(plan, server)
        try server.stop()
        return holds
    }

    @MainActor
    private func carryOut(_ plan: ValidationPlan, _ server: ReportServer) async throws -> Bool {
        let ledger = Ledger { Self.log($0) }
        for suite in Scenario.Suite.allCases where only.map({ $0 == suite.rawValue }) ?? true {
            await ValidationRun(plan, ledger: ledger).run(suite)
        }
        if let report {
            let figures = try await Figures(plan).measure()
            let text = Report(
                machine: try await server.machine(), outcomes: ledger.outcomes, figures: figures
            ).text
            try Data(text.utf8).write(to: URL(filePath: report))
        }
        return ledger.outcomes.allSatisfy(\.holds)
    }

    private static func log(_ outcome: Outcome) {
        let lines =
            [
                "\(outcome.scenario.rawValue). \(outcome.scenario.title): "
                    + (outcome.holds ? "holds" : "FAILS")
            ]
            + outcome.failures.map { "   " + $0 }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
