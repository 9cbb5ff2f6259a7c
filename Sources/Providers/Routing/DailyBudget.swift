package import Domain
package import Pipeline
import Synchronization

/// Limits spending per day, in the provider's units. Days begin at midnight UTC. Once the budget
/// is spent, work waits.
///
/// The budget may be exceeded by the cost of calls in flight when it is reached, and of calls made
/// while a cached sum is still in use (5 seconds).
package struct DailyBudget: Budget {
    /// Maximum spending per day.
    package struct Limits: Sendable, Equatable {
        /// Per tenant; `nil` for no limit.
        package var tenant: Int?
        /// For all tenants together; `nil` for no limit.
        package var all: Int?

        package init(tenant: Int? = nil, all: Int? = nil) {
            self.tenant = tenant
            self.all = all
        }
    }

    private let limits: Limits
    private let unit: SpendUnit
    private let spending: SpendingCache

    package init(
        _ limits: Limits, in unit: SpendUnit, book: any SpendBook,
        timing: Timing = .machine
    ) {
        self.limits = limits
        self.unit = unit
        spending = SpendingCache(book: book, unit: unit, timing: timing)
    }

    package func check(_ tenant: TenantID) async throws(JobFailure) {
        if let limit = limits.all {
            try await check(limit, of: nil, named: "today's budget", code: .spent)
        }
        if let limit = limits.tenant {
            try await check(
                limit, of: tenant, named: "today's budget of the tenant", code: .tenantSpent)
        }
    }

    private func check(
        _ limit: Int, of tenant: TenantID?, named name: String, code: BudgetFailure
    ) async throws(JobFailure) {
        let spent = try await spending.today(of: tenant)
        guard spent.amount >= limit else { return }
        // At most 15 minutes, because an operator may raise the budget during the day.
        let pause = min(spent.untilTomorrow, .seconds(900))
        throw .unavailable(
            .budget(code),
            "\(name) of \(limit) \(unit.rawValue) is used up (\(spent.amount)); the job waits",
            for: max(pause, .seconds(1)))
    }
}

/// An embedder that makes no calls once the day's budget is spent.
package struct BudgetedEmbedder: Embedder {
    private let embedder: any Embedder
    private let budget: any Budget

    package init(_ embedder: any Embedder, budget: any Budget) {
        self.embedder = embedder
        self.budget = budget
    }

    package var space: EmbeddingSpace { embedder.space }
    package var batchMax: Int { embedder.batchMax }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        try await budget.check(subject.tenant)
        return try await embedder.embed(texts, for: subject)
    }

    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float] {
        try await budget.check(subject.tenant)
        return try await embedder.embedQuery(query, for: subject)
    }
}

/// Caches the sums of today's spending for 5 seconds.
private final class SpendingCache: Sendable {
    private struct Entry {
        var spent: SpentToday
        var at: Duration
    }

    private let book: any SpendBook
    private let unit: SpendUnit
    private let timing: Timing
    private let entries = Mutex<[TenantID?: Entry]>([:])

    private static let age = Duration.seconds(5)
    private static let entriesMax = 10_000

    init(book: any SpendBook, unit: SpendUnit, timing: Timing) {
        self.book = book
        self.unit = unit
        self.timing = timing
    }

    func today(of tenant: TenantID?) async throws(JobFailure) -> SpentToday {
        let now = timing.now()
        if let known = entries.withLock({ $0[tenant] }), now - known.at < Self.age {
            return known.spent
        }
        let spent = try await book.spentToday(in: unit, by: tenant)
        entries.withLock { entries in
            if entries.count >= Self.entriesMax { entries = [:] }
            entries[tenant] = Entry(spent: spent, at: now)
        }
        return spent
    }
}
