/// Spending limits that have been reached.
package enum BudgetFailure: String, CaseIterable, Sendable {
    case spent = "budget_spent"
    case tenantSpent = "tenant_budget_spent"

    var entry: FailureEntry {
        switch self {
        case .spent:
            .init(
                .uncounted, status: 503,
                "Today's budget is used up. Wait for midnight UTC, or raise it.")
        case .tenantSpent:
            .init(
                .uncounted, status: 503,
                "The tenant's budget for today is used up. Wait for midnight UTC, or raise it.")
        }
    }
}
