import Domain
import Indexing

/// An empty store: searches are not simulated.
struct NoIndex: IndexStore {
    func maintainIndex(of tenant: TenantID) async throws(JobFailure) -> Bool { false }
    func tenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID? { nil }
    func countedTenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID? { nil }
}
