package import Domain
package import Pipeline

/// A ledger that records nothing.
package struct NoLedger: CallLedger {
    package init() {}
    package func begin(_ call: ProviderCall) async throws(JobFailure) {}
    package func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(JobFailure) {}
}
