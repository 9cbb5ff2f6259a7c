package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: ParseStore {
    package func parseTicket(
        _ claim: Claim, of provider: String
    ) async throws(StageFailure) -> String? {
        let rows = try await query(
            Query.parseTicket(claim.job.uuid, claim.token.uuid, provider))
        guard !rows.isEmpty else { throw .leaseLost(claim.job) }
        return try decode(rows) { try $0.decodeIfPresent(0, as: String.self) }.first ?? nil
    }

    package func keepParseTicket(
        _ claim: Claim, _ ticket: String?, of provider: String
    ) async throws(StageFailure) {
        let rows = try await query(
            Query.keepParseTicket(claim.job.uuid, claim.token.uuid, provider, ticket))
        guard !rows.isEmpty else { throw .leaseLost(claim.job) }
    }

    package func completeParsing(_ claim: Claim, _ parsed: ParsedText) async throws(StageFailure) {
        let facts = try Self.json(ParsedFacts(parser: parsed.parser, pages: parsed.pages))
        try await transaction { connection in
            let claimed = [claim.job.uuid, claim.token.uuid]
            let advanced = try await connection.query(
                Query.advance(claimed[0], claimed[1], Stage.parsed.rawValue))
            guard !advanced.isEmpty else { throw StageFailure.leaseLost(claim.job) }
            let done = try await connection.query(
                Query.completeParsing(
                    claimed[0], claimed[1], parsed.path, parsed.sha256, PostgresJSON(facts)))
            guard !done.isEmpty else { throw StageFailure.leaseLost(claim.job) }
        }
    }

    private struct ParsedFacts: Encodable {
        let parser: String
        let pages: Int?
    }

    private static func json(_ facts: ParsedFacts) throws(StageFailure) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(facts), as: UTF8.self)
        } catch {
            throw .permanent("not_encodable", "\(error)")
        }
    }
}
