import Domain
import Hashing
import LocalModels
import Logging
import Pipeline
import ProgramFrame
import ProviderSetup
import TestSupport
import Testing

/// Every embedder without a network. The embedder of a service is checked in its own tests.
@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    @Test func `feature hashing conforms`() async throws {
        try await EmbedderConformance.check(HashingEmbedder())
    }

    @Test func `the local models conform`() async throws {
        for model in [Model.miniLM, .e5] {
            try await EmbedderConformance.check(model.embedder.get(), tolerance: 1e-4)
        }
    }

    @Test func `the embedder of tests conforms`() async throws {
        try await EmbedderConformance.check(MockEmbedder())
    }

    @Test func `a provider is added by its choice, which has its settings`() async throws {
        let built = try build(.letterCounts, ["--letter-counts-width", "32"])
        #expect(built.embedder.space.width == 32)
        #expect(built.services.isEmpty)
        try await EmbedderConformance.check(built.embedder)
    }

    @Test func `a choice reports the faults of its settings`() {
        #expect(throws: SettingsError.self) {
            try build(.letterCounts, ["--letter-counts-width", "1"])
        }
    }

    private func build(
        _ choice: EmbedderChoice, _ arguments: [String]
    ) throws -> BuiltEmbedder {
        try choice.build(
            ProviderContext(
                settings: Settings(of: choice.settings, arguments: arguments, environment: [:]),
                stores: NoStores(), worker: "test", logger: Logger(label: "test")))
    }
}

/// Stores that providers without calls never use.
private struct NoStores: CallLedger, ParseWebhooks, ProviderReports, SpendBook {
    func begin(_ call: ProviderCall) async throws(JobFailure) {}
    func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(JobFailure) {}
    func hasEnded(_ remoteJob: String) async throws(JobFailure) -> Bool { false }
    func report(_ states: [ProviderState], of worker: WorkerName) async throws(JobFailure) {}
    func spentToday(
        in unit: SpendUnit, by tenant: TenantID?
    ) async throws(JobFailure) -> SpentToday {
        SpentToday(amount: 0, untilTomorrow: .seconds(1))
    }
}
