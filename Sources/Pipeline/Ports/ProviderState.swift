package import Domain

/// Stores the state of providers as each program sees it, for operators to read.
package protocol ProviderReports: Sendable {
    func report(_ states: [ProviderState], of worker: WorkerName) async throws(JobFailure)
}

/// The state of a provider, as seen by a program that calls it.
package struct ProviderState: Sendable, Equatable {
    /// Circuit breaker states: *closed* is called, *open* is not called, *half open* is tried.
    package enum Health: String, Sendable, CaseIterable {
        case closed
        case open
        case halfOpen = "half_open"
    }

    package var name: String
    package var health: Health
    /// The last failure; `nil` while the breaker is closed.
    package var reason: String?
    /// Time until an open breaker allows a trial call.
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
