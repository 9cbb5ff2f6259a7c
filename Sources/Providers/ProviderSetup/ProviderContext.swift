// ProviderSetup: how a program selects and builds a provider.
//
// Invariants: a provider is one folder with its settings, its construction, its failures and its
// webhook. It offers itself as a choice, which a single line in Wiring lists.
// Neighbours: ProgramFrame reads the settings; Routing and the ports of Pipeline are the parts of a
// provider; the folders beside this one define choices.

package import Logging
package import Pipeline
package import ProgramFrame
package import Routing

/// What a provider is built from.
package struct ProviderContext: Sendable {
    /// The database, as providers use it.
    package typealias Stores = CallLedger & ParseWebhooks & ProviderReports & SpendBook

    package let settings: Settings
    package let stores: any Stores
    /// Threads for an embedder that computes in the process; `nil` for one per processor.
    package let computeThreads: Int?
    package let worker: WorkerName
    package let logger: Logger

    package init(
        settings: Settings, stores: any Stores, computeThreads: Int? = nil, worker: WorkerName,
        logger: Logger
    ) {
        self.settings = settings
        self.stores = stores
        self.computeThreads = computeThreads
        self.worker = worker
        self.logger = logger
    }

    /// A budget with these daily limits, each `nil` for unlimited; `nil` when both are.
    package func budget(tenant: Int?, all: Int?, in unit: SpendUnit) -> DailyBudget? {
        guard tenant != nil || all != nil else { return nil }
        return DailyBudget(.init(tenant: tenant, all: all), in: unit, book: stores)
    }

    /// Reports the state of providers for operators.
    package func reporter(
        of states: @escaping @Sendable () -> [ProviderState]
    ) -> ProviderReporter {
        ProviderReporter(states, to: stores, as: worker, logger: logger)
    }
}

extension Setting where Value == Int? {
    /// A daily limit of spending.
    package static func dailyBudget(_ name: String, _ help: String) -> Self {
        number(name, help, or: "unlimited", in: 1...1_000_000_000_000)
    }
}
