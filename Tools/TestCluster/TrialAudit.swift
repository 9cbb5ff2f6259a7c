import BlobStores
import JobStorePostgres
import Operating
import Postgres

/// The audit of a trial, run in this process, so that it does not depend on an API that the trial
/// may have killed.
package enum TrialAudit {
    /// The broken invariants and missing blobs; empty when the pipeline is sound.
    ///
    /// - Parameters:
    ///   - window: only what changed within this time; by default everything.
    ///   - blobs: the folder of the blobs; `nil` to leave them out.
    package static func findings(
        in databaseURL: String, of window: Duration = .seconds(31_557_600_000),
        blobs: String? = nil
    ) async throws -> [String] {
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: databaseURL, applicationName: "audit", connectionsMax: 2,
                statementTimeout: .seconds(3600)))
        do {
            let store = PostgresJobStore(pool: pool)
            var findings = try await store.audit(of: window).map {
                "\($0.invariant.promise): \($0.subject) \($0.detail)"
            }
            if let blobs {
                let audit = BlobAudit(names: store, blobs: LocalBlobStore(root: blobs))
                findings += try await audit.run().missing
            }
            await pool.close()
            return findings
        } catch {
            await pool.close()
            throw error
        }
    }
}
