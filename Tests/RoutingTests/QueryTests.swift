import Domain
import Logging
import Pipeline
import Routing
import TestSupport
import Testing

/// Queries reach an embedder as queries through everything that wraps it.
@Suite(.timeLimit(.minutes(5))) struct QueryTests {
    /// An embedder that treats queries and texts of documents differently.
    private struct PrefixedEmbedder: Embedder {
        let mock = MockEmbedder()
        var space: EmbeddingSpace { mock.space }
        var batchMax: Int { mock.batchMax }

        func embed(
            _ texts: [String], for subject: CallSubject
        ) async throws(JobFailure) -> [[Float]] {
            try await mock.embed(texts.map { "passage: \($0)" }, for: subject)
        }

        func embedQuery(
            _ query: String, for subject: CallSubject
        ) async throws(JobFailure) -> [Float] {
            try await mock.embed(["query: \(query)"], for: subject)[0]
        }
    }

    private struct Book: SpendBook {
        let spent: Int
        func spentToday(
            in unit: SpendUnit, by tenant: TenantID?
        ) async throws(JobFailure) -> SpentToday {
            SpentToday(amount: spent, untilTomorrow: .seconds(60))
        }
    }

    private let subject = CallSubject(tenant: TenantID())

    private func budgeted(spent: Int) -> BudgetedEmbedder {
        BudgetedEmbedder(
            PrefixedEmbedder(),
            budget: DailyBudget(.init(all: 10), in: .tokens, book: Book(spent: spent)))
    }

    @Test func `a router and a budget pass queries on as queries`() async throws {
        let router = try EmbedderRouter([("p", PrefixedEmbedder())], logger: Logger(label: "test"))
        for embedder in [router, budgeted(spent: 0)] as [any Embedder] {
            let expected = try await PrefixedEmbedder().embedQuery("tide", for: subject)
            #expect(try await embedder.embedQuery("tide", for: subject) == expected)
            #expect(try await embedder.embed(["tide"], for: subject)[0] != expected)
        }
    }

    @Test func `a query waits when the budget is spent`() async {
        let failure = await #expect(throws: JobFailure.self) {
            try await budgeted(spent: 10).embedQuery("tide", for: subject)
        }
        #expect(failure?.code == .budget(.spent))
    }
}
