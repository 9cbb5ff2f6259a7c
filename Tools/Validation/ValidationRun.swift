// Validation: the scenarios by which the pipeline is accepted, through the real programs.
//
// Invariants: a verdict follows from measurements of the same run. Scenarios run one after the
// other, suite by suite. No process or database outlives a run.
// Neighbours: TestCluster starts the programs, and ChaosTrials makes them fail. The command
// validate writes the report, and ValidationTests runs smaller counts.

/// Runs scenarios and collects their outcomes.
@MainActor
package struct ValidationRun {
    private let plan: ValidationPlan
    private let ledger: Ledger

    package init(_ plan: ValidationPlan, ledger: Ledger) {
        self.plan = plan
        self.ledger = ledger
    }

    package func run(_ suite: Scenario.Suite) async {
        await ledger.record(suite) {
            switch suite {
            case .state: try await StateSuite(plan: plan, ledger: ledger).run()
            case .finalisation: try await FinalisationSuite(plan: plan, ledger: ledger).run()
            case .endToEnd: try await EndToEndSuite(plan: plan, ledger: ledger).run()
            case .concurrency: try await ConcurrencySuite(plan: plan, ledger: ledger).run()
            case .errors: try await ErrorsSuite(plan: plan, ledger: ledger).run()
            case .integrity: try await IntegritySuite(plan: plan, ledger: ledger).run()
            }
        }
    }
}
