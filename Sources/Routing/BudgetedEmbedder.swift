package import Domain
package import Pipeline
import Synchronization

/// What may be spent in a day, in tokens as the provider counts them; days begin at midnight UTC.
package struct DailyBudget: Sendable, Equatable {
    /// Of one tenant; `nil` for no bound.
    package var tenantTokens: Int?
    /// Of all of them.
    package var tokens: Int?

    package init(tenantTokens: Int? = nil, tokens: Int? = nil) {
        self.tenantTokens = tenantTokens
        self.tokens = tokens
    }

    package var isUnbounded: Bool { tenantTokens == nil && tokens == nil }
}

/// An embedder that asks its providers no more once the day's budget is spent: the work waits.
///
/// Calls that are on their way when the budget is met still count, so that it may be overdrawn by
/// as much as is asked for in the few seconds for which a sum is remembered.
package struct BudgetedEmbedder: Embedder {
    private let embedder: any Embedder
    private let budget: DailyBudget
    private let spending: SpendingCache

    package init(
        _ embedder: any Embedder, budget: DailyBudget, book: any SpendBook,
        surroundings: Surroundings = .machine
    ) {
        self.embedder = embedder
        self.budget = budget
        spending = SpendingCache(book: book, surroundings: surroundings)
    }

    package var space: VectorSpace { embedder.space }
    package var batchMax: Int { embedder.batchMax }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(StageFailure) -> [[Float]] {
        if let limit = budget.tokens {
            try await check(limit, of: nil, "budget_spent", "today's budget")
        }
        if let limit = budget.tenantTokens {
            try await check(
                limit, of: subject.user, "tenant_budget_spent", "today's budget of the tenant")
        }
        return try await embedder.embed(texts, for: subject)
    }

    private func check(
        _ limit: Int, of tenant: UserID?, _ code: String, _ name: String
    ) async throws(StageFailure) {
        let spent = try await spending.today(of: tenant)
        guard spent.tokens >= limit else { return }
        // Somebody may raise the budget before the day is over.
        let pause = min(spent.untilTomorrow, .seconds(900))
        throw .unavailable(
            code, "\(name) of \(limit) tokens is spent (\(spent.tokens)); the work waits",
            for: max(pause, .seconds(1)))
    }
}

/// Remembers sums for a few seconds.
private final class SpendingCache: Sendable {
    private struct Entry {
        var spent: SpentToday
        var at: Duration
    }

    private let book: any SpendBook
    private let surroundings: Surroundings
    private let entries = Mutex<[UserID?: Entry]>([:])

    private static let age = Duration.seconds(5)
    private static let entriesMax = 10_000

    init(book: any SpendBook, surroundings: Surroundings) {
        self.book = book
        self.surroundings = surroundings
    }

    func today(of tenant: UserID?) async throws(StageFailure) -> SpentToday {
        let now = surroundings.now()
        if let known = entries.withLock({ $0[tenant] }), now - known.at < Self.age {
            return known.spent
        }
        let spent = try await book.spentToday(by: tenant)
        entries.withLock { entries in
            if entries.count >= Self.entriesMax { entries = [:] }
            entries[tenant] = Entry(spent: spent, at: now)
        }
        return spent
    }
}
