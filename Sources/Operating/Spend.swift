package import Domain
package import Pipeline

/// The key by which provider calls are summed.
package enum SpendGrouping: String, CaseIterable, Sendable {
    case day, tenant, document, provider, outcome
}

/// The sums of provider calls for one key.
package struct Spend: Sendable, Equatable {
    /// The day, tenant, document, provider or outcome. Calls of searches have the document
    /// `searches`.
    package var key: String
    package var callCount: Int
    /// Texts or pages.
    package var unitCount: Int
    package var tokens: Int
    /// Tokens of calls without a usable result.
    package var wastedTokens: Int
    package var failedCallCount: Int
    /// Calls whose end was not recorded, usually because their process died.
    package var unknownCallCount: Int

    package init(
        key: String, callCount: Int, unitCount: Int, tokens: Int, wastedTokens: Int,
        failedCallCount: Int, unknownCallCount: Int
    ) {
        self.key = key
        self.callCount = callCount
        self.unitCount = unitCount
        self.tokens = tokens
        self.wastedTokens = wastedTokens
        self.failedCallCount = failedCallCount
        self.unknownCallCount = unknownCallCount
    }
}

/// The sums of the ledger of provider calls.
package protocol SpendStore: Sendable {
    /// The sums per key over the last `window`, the most tokens first.
    func spend(
        by grouping: SpendGrouping, of tenant: TenantID?, within window: Duration, limit: Int
    ) async throws(QueryError) -> [Spend]
}
