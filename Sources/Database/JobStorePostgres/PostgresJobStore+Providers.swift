package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: CallLedger {
    package func begin(_ call: ProviderCall) async throws(JobFailure) {
        let none = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let subjects = call.shares.map(\.subject)
        _ = try await query(
            Query.beginCall(
                call.id, call.provider, call.model,
                call.shares.map(\.operation.rawValue), subjects.map(\.tenant.uuid),
                subjects.map { $0.document?.uuid ?? none }, subjects.map { $0.job?.uuid ?? none },
                call.shares.map { Int32(clamping: $0.units) }, call.shares.map { Int64($0.bytes) }))
    }

    package func end(
        _ call: ProviderCall, _ outcome: CallOutcome
    ) async throws(JobFailure) {
        let milliseconds = outcome.duration.map { Int32(clamping: Int($0 / .milliseconds(1))) }
        let tokens = outcome.tokens.map { call.split($0).map(Int64.init) } ?? []
        _ = try await query(
            Query.endCall(
                call.id, outcome.code, milliseconds, outcome.requestID, tokens,
                outcome.units.map { Int32(clamping: $0) }))
    }
}

extension PostgresJobStore: ParseWebhooks {
    package func hasEnded(_ remoteJob: String) async throws(JobFailure) -> Bool {
        try decode(await query(Query.parseReported(remoteJob))) { row in
            try row.decode(0, as: Bool.self)
        }.first ?? false
    }
}

extension PostgresJobStore: SpendBook {
    package func spentToday(
        in unit: SpendUnit, by tenant: TenantID?
    ) async throws(JobFailure) -> SpentToday {
        let statement = Query.spentToday(unit.rawValue, tenant?.uuid)
        let sums = try decode(await query(statement)) { row in
            SpentToday(
                amount: try row.decode(0),
                untilTomorrow: .seconds(try row.decode(1, as: Double.self)))
        }
        guard let sum = sums.first else {
            throw .schemaMismatch("the sum of today's spend has no row")
        }
        return sum
    }
}

extension PostgresJobStore: ProviderReports {
    package func report(
        _ states: [ProviderState], of worker: WorkerName
    ) async throws(JobFailure) {
        _ = try await query(
            Query.reportProviders(
                worker, states.map(\.name), states.map(\.health.rawValue),
                states.map { $0.reason ?? "" }, states.map { $0.reopensIn?.inSeconds ?? -1 }))
    }
}
