package import Domain

/// Where programs tell how they see their providers, for operators to read.
package protocol ProviderReports: Sendable {
    func report(_ states: [ProviderState], of worker: WorkerName) async throws(StageFailure)
}

/// How a provider is, as the program sees it that asks it.
package struct ProviderState: Sendable, Equatable {
    /// A circuit breaker's words: *closed* is asked, *open* is left alone, *half open* is tried.
    package enum Health: String, Sendable, CaseIterable {
        case closed
        case open
        case halfOpen = "half_open"
    }

    package var name: String
    package var health: Health
    /// What was wrong last, unless it is closed.
    package var reason: String?
    /// When an open one is tried again.
    package var reopensIn: Duration?

    package init(
        name: String, health: Health, reason: String? = nil, reopensIn: Duration? = nil
    ) {
        self.name = name
        self.health = health
        self.reason = reason
        self.reopensIn = reopensIn
    }
}
