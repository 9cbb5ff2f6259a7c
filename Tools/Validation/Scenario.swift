/// The scenarios by which the pipeline is accepted, with their numbers in the report.
package enum Scenario: Int, CaseIterable, Sendable {
    case cleanStart = 1, origins, noOrphans
    case atRest, completion, completionQuery
    case spread, allStages, bufferedAndDirect
    case manyAtOnce, manyWorkers, curve
    case timeout, warning, recovery
    case references, constraints, auditTrail

    package enum Suite: String, CaseIterable, Sendable {
        case state = "State"
        case finalisation = "Finalisation"
        case endToEnd = "End to end"
        case concurrency = "Concurrency"
        case errors = "Errors"
        case integrity = "Integrity"

        package var scenarios: [Scenario] { Scenario.allCases.filter { $0.suite == self } }
    }

    package var suite: Suite { Suite.allCases[(rawValue - 1) / 3] }

    package var title: String {
        switch self {
        case .cleanStart: "Clean start"
        case .origins: "Jobs from uploads and from plain SQL"
        case .noOrphans: "No orphans, only allowed pairs"
        case .atRest: "Three chunks buffered before the flush"
        case .completion: "Completion"
        case .completionQuery: "Completion query"
        case .spread: "Jobs spread over stages"
        case .allStages: "One job through nine stages"
        case .bufferedAndDirect: "Buffered and direct writes"
        case .manyAtOnce: "Many jobs created at once"
        case .manyWorkers: "Many workers claim"
        case .curve: "Rate and latency by workers"
        case .timeout: "Provider timeout"
        case .warning: "Warning event"
        case .recovery: "Recovery"
        case .references: "References after chaos"
        case .constraints: "Constraints"
        case .auditTrail: "Audit trail"
        }
    }
}
