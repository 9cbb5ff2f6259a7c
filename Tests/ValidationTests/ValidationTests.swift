import FoundationEssentials
import TestCluster
import TestSupport
import Testing
import Validation

/// The scenarios of `make validate` with smaller counts, without times and without the report.
@Suite(.timeLimit(.minutes(5))) struct ValidationTests {
    @Test(arguments: Scenario.Suite.allCases)
    @MainActor func `the acceptance scenarios hold`(suite: Scenario.Suite) async throws {
        let programs = String(Runtime.program("millrace").dropLast("/millrace".count))
        let directory = "/tmp/validation-\(UUID().uuidString.prefix(8).lowercased())"
        let plan = ValidationPlan(
            site: TestCluster.Site(
                programs: programs, runtime: Runtime.path, kafkaBrokers: nil),
            server: try TestDatabase.serverURL(), serverLog: nil, directory: directory,
            scale: .small)
        let ledger = Ledger()
        await ValidationRun(plan, ledger: ledger).run(suite)
        #expect(ledger.outcomes.map(\.scenario) == suite.scenarios)
        for outcome in ledger.outcomes {
            #expect(
                outcome.holds,
                "\(outcome.scenario.title): \(outcome.failures); logs in \(directory)")
        }
        if ledger.outcomes.allSatisfy(\.holds) {
            try FileManager.default.removeItem(atPath: directory)
        }
    }
}
