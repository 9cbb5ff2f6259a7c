/// The outcome of a scenario.
package struct Outcome: Sendable {
    package let scenario: Scenario
    package let done: String
    package let expected: String
    package let measured: [String]
    package let failures: [String]
    package let appendix: String?

    package var holds: Bool { failures.isEmpty }
}

/// Collects the outcomes of scenarios, which can run in any order.
@MainActor
package final class Ledger {
    private var byScenario: [Scenario: Outcome] = [:]
    private let report: (Outcome) -> Void

    /// - Parameter report: called with each outcome.
    package init(report: @escaping (Outcome) -> Void = { _ in }) { self.report = report }

    /// Sorted by the scenarios' numbers.
    package var outcomes: [Outcome] { Scenario.allCases.compactMap { byScenario[$0] } }

    /// Runs a scenario. One that throws counts as failed, and the next one can run.
    func record(_ scenario: Scenario, _ body: (Checks) async throws -> Void) async {
        let checks = Checks()
        do {
            try await body(checks)
            checks.close()
        } catch {
            checks.fail("not completed: \(error)")
        }
        let outcome = Outcome(
            scenario: scenario, done: checks.done, expected: checks.expected,
            measured: checks.measured, failures: checks.failures, appendix: checks.appendix)
        byScenario[scenario] = outcome
        report(outcome)
    }

    /// Runs the scenarios of a suite. Those that it does not reach count as failed.
    func record(_ suite: Scenario.Suite, _ body: () async throws -> Void) async {
        var reason = "the suite failed before this scenario"
        do {
            try await body()
        } catch {
            reason = "the suite failed before this scenario: \(error)"
        }
        for scenario in suite.scenarios where byScenario[scenario] == nil {
            await record(scenario) { $0.fail(reason) }
        }
    }
}
