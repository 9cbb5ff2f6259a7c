package import Domain
import Pipeline
import Postgres

/// The key by which provider calls are summed.
package enum SpendGrouping: String, CaseIterable, Sendable {
    case day, tenant, document, provider, outcome

    private var key: String {
        switch self {
        case .day: "(ts AT TIME ZONE 'UTC')::date::text"
        case .tenant: "user_id::text"
        case .document: "coalesce(document_id::text, 'searches')"
        case .provider: "provider || ' ' || model"
        case .outcome: "outcome"
        }
    }

    /// Parameters: seconds back from now, a tenant or NULL, the limit.
    ///
    /// Wasted tokens were counted by the provider for calls without a usable result. A call with
    /// shares in several rows counts in each of them.
    var sql: String {
        """
        SELECT \(key), count(DISTINCT call_id), sum(units)::bigint,
            coalesce(sum(tokens), 0)::bigint,
            coalesce(sum(tokens) FILTER (WHERE outcome <> 'ok'), 0)::bigint,
            count(DISTINCT call_id) FILTER (WHERE outcome NOT IN ('ok', 'begun')),
            count(DISTINCT call_id) FILTER (WHERE outcome = 'begun')
        FROM upload_pipeline.provider_calls
        WHERE ts >= statement_timestamp() - make_interval(secs => $1::float8)
            AND ($2::uuid IS NULL OR user_id = $2)
        GROUP BY 1 ORDER BY 4 DESC, 1 LIMIT $3::bigint
        """
    }
}

/// The sums of provider calls for one key.
package struct Spend: Sendable, Equatable {
    /// The day, tenant, document, provider or outcome.
    package var key: String
    package var calls: Int
    /// Texts or pages.
    package var units: Int
    package var tokens: Int
    /// Tokens of calls without a usable result.
    package var wastedTokens: Int
    package var failedCalls: Int
    /// Calls whose end was not recorded, usually because their process died.
    package var unknownCalls: Int
}

extension PostgresJobStore {
    /// The sums per key, the most tokens first.
    package func spend(
        by grouping: SpendGrouping, of tenant: TenantID?, since ago: Duration, limit: Int
    ) async throws(JobFailure) -> [Spend] {
        let statement = PostgresStatement(grouping.sql, ago.inSeconds, tenant?.uuid, limit)
        return try decode(await query(statement)) { row in
            Spend(
                key: try row.decode(0), calls: try row.decode(1), units: try row.decode(2),
                tokens: try row.decode(3), wastedTokens: try row.decode(4),
                failedCalls: try row.decode(5), unknownCalls: try row.decode(6))
        }
    }
}
