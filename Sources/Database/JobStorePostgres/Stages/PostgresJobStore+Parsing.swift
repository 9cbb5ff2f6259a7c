import Concurrency
package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: ParseJobStore {
    package func parseTicket(
        _ claim: Claim, of provider: String
    ) async throws(JobFailure) -> String? {
        let rows = try await query(
            Query.parseTicket(claim.job.uuid, claim.token.uuid, provider))
        guard !rows.isEmpty else { throw .leaseLost(claim.job) }
        return try decode(rows) { try $0.decodeIfPresent(0, as: String.self) }.first ?? nil
    }

    package func storeParseTicket(
        _ claim: Claim, _ ticket: String?, of provider: String
    ) async throws(JobFailure) {
        let rows = try await query(
            Query.storeParseTicket(claim.job.uuid, claim.token.uuid, provider, ticket))
        guard !rows.isEmpty else { throw .leaseLost(claim.job) }
    }

    package func completeParsing(_ claim: Claim, _ parsed: ParsedText) async throws(JobFailure) {
        let report = try Self.json(parsed.report)
        try await writes.parsedTexts(CompletedParse(claim: claim, text: parsed, report: report))
    }

    private static func json(_ report: ParseReport) throws(JobFailure) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        } catch {
            throw .permanent(.machine(.notEncodable), "\(error)")
        }
    }
}

/// A parsed text to be recorded.
struct CompletedParse: Sendable {
    let claim: Claim
    let text: ParsedText
    /// JSON.
    let report: String
}

extension PostgresJobStore {
    static func parsedTexts(_ pool: PostgresPool) -> JobWrites<CompletedParse, Void> {
        JobWrites(of: \.claim.job) { parses throws(JobFailure) in
            let claims = parses.map(\.claim)
            let answers = try await pool.runTogether([
                Query.advance(claims.jobs, claims.tokens, Stage.parsed.rawValue),
                Query.completeParsing(
                    claims.jobs, claims.tokens, parses.map(\.text.path),
                    parses.map(\.text.sha256), parses.map(\.report)),
            ])
            return JobWrites<CompletedParse, Void>.outcomes(
                of: claims, held: try answers[1].jobs())
        }
    }
}
