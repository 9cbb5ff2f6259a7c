package import Domain
package import Pipeline

extension Embedder {
    /// Embeds for a new tenant, where the test does not depend on the tenant.
    package func embed(_ texts: [String]) async throws(JobFailure) -> [[Float]] {
        try await embed(texts, for: CallSubject(tenant: TenantID()))
    }
}
