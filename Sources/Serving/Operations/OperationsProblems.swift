import Hummingbird

extension Problem {
    static let operatorRequired = Problem(
        .operatorRequired,
        "This path requires an operator's token. A line 'operator SHA256' in MILLRACE_TOKENS adds "
            + "one.")

    static let tenantRequired = Problem(
        .tenantRequired,
        "An operator's token is accepted under /v1/operations only. Send a tenant's token.")

    static let operationsDisabled = Problem(
        .operationsDisabled,
        "This API serves no operations, because it has no operator's login to the database. Start "
            + "it with --operations-postgres-url (MILLRACE_OPERATIONS_POSTGRES_URL).")

    static let invalidTenant = Problem(
        .tenantInvalid, "'tenant' must be a UUID.")

    static let invalidWindow = Problem(
        .windowInvalid,
        "'window_seconds' must be between 1 and 3155760000, which is a hundred years.")

    static var auditRunning: Problem {
        Problem(
            .auditRunning,
            "Another audit is in progress. Try again when it has ended."
        ).retry(afterSeconds: 10)
    }

    static func auditTimeout(_ limit: Duration) -> Problem {
        Problem(
            .auditTimeout,
            "The audit exceeded its limit of \(limit.components.seconds) s. Audit a shorter "
                + "window, or raise --operations-audit-timeout (MILLRACE_OPERATIONS_AUDIT_TIMEOUT)."
        )
    }
}
