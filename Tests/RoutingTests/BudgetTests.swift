import Domain
import Pipeline
import Routing
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BudgetTests {
    /// A spend book whose sums a test sets.
    private final class Book: SpendBook {
        let sums = Mutex<[TenantID?: Int]>([:])
        let asked = Mutex(0)
        let untilTomorrow: Duration

        init(untilTomorrow: Duration = .seconds(7200)) { self.untilTomorrow = untilTomorrow }

        func spentToday(
            in unit: SpendUnit, by tenant: TenantID?
        ) async throws(JobFailure) -> SpentToday {
            asked.withLock { $0 += 1 }
            return SpentToday(
                amount: sums.withLock { $0[tenant] ?? 0 }, untilTomorrow: untilTomorrow)
        }
    }

    private static let alice = CallSubject(tenant: TenantID(), document: DocumentID())
    private static let bob = CallSubject(tenant: TenantID(), document: DocumentID())

    @Test func `a tenant over its daily budget waits, another does not`() async throws {
        let book = Book()
        let embedder = BudgetedEmbedder(
            MockEmbedder(), budget: DailyBudget(.init(tenant: 100), in: .tokens, book: book))
        book.sums.withLock { $0[Self.alice.tenant] = 100 }
        let failure = await #expect(throws: JobFailure.self) {
            try await embedder.embed(["a"], for: Self.alice)
        }
        #expect(failure?.code == .budget(.tenantSpent))
        #expect(failure?.class == .unavailable(for: .seconds(900)))
        #expect(try await embedder.embed(["a"], for: Self.bob).count == 1)
    }

    @Test func `over the budget of all tenants every tenant waits, at most until the next day`()
        async throws
    {
        let book = Book(untilTomorrow: .seconds(60))
        let embedder = BudgetedEmbedder(
            MockEmbedder(), budget: DailyBudget(.init(all: 10), in: .tokens, book: book))
        book.sums.withLock { $0[nil] = 11 }
        let failure = await #expect(throws: JobFailure.self) {
            try await embedder.embed(["a"], for: Self.bob)
        }
        #expect(failure?.code == .budget(.spent))
        #expect(failure?.class == .unavailable(for: .seconds(60)))
    }

    @Test func `sums are read every few seconds, not for every call`() async throws {
        let book = Book()
        let time = Mutex(Duration.zero)
        let timing = Timing(
            now: { time.withLock { $0 } }, sleep: { _ in }, random: { 0.5 })
        let embedder = BudgetedEmbedder(
            MockEmbedder(),
            budget: DailyBudget(
                .init(tenant: 100), in: .tokens, book: book, timing: timing))
        for _ in 0..<50 { _ = try await embedder.embed(["a"], for: Self.alice) }
        #expect(book.asked.withLock { $0 } == 1)
        book.sums.withLock { $0[Self.alice.tenant] = 200 }
        time.withLock { $0 += .seconds(6) }
        await #expect(throws: JobFailure.self) {
            try await embedder.embed(["a"], for: Self.alice)
        }
    }
}
