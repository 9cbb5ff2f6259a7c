package import Domain
package import Pipeline

/// Finds rows that break an invariant.
package protocol InvariantAudit: Sendable {
    /// The breaches, a bounded number of each invariant, among documents and jobs that changed
    /// within `window`. Overdue jobs are found regardless of their age.
    func audit(of window: Duration) async throws(JobFailure) -> [Breach]
}

/// The scope of an audit.
package struct AuditScope: Sendable, Equatable {
    /// Only what changed within this time; `nil` for everything.
    package var window: Duration?
    /// Whether each blob that a document names is looked up in the store.
    package var includesBlobs: Bool

    package init(window: Duration?, includesBlobs: Bool) {
        self.window = window
        self.includesBlobs = includesBlobs
    }
}

/// The result of an audit.
package struct AuditReport: Sendable, Equatable {
    package var scope: AuditScope
    package var breaches: [Breach]
    /// `nil` when the scope excludes blobs.
    package var blobs: BlobAudit.Finding?

    package init(scope: AuditScope, breaches: [Breach], blobs: BlobAudit.Finding?) {
        self.scope = scope
        self.breaches = breaches
        self.blobs = blobs
    }

    package var isSound: Bool { breaches.isEmpty && (blobs?.missingCount ?? 0) == 0 }
}

/// Why an audit did not run to its end.
package enum AuditError: Error, Sendable, Equatable {
    /// Another audit of this process is in progress.
    case running
    /// The audit exceeded its time limit.
    case timeout
    case failed(JobFailure)
}

/// Runs audits, one at a time and each within a time limit, because an audit of everything reads
/// every row.
package actor PipelineAudit {
    private let invariants: any InvariantAudit
    private let names: any BlobNames
    private let blobs: any BlobStore
    private let limit: Duration
    private var isRunning = false

    package init(
        invariants: any InvariantAudit, names: any BlobNames, blobs: any BlobStore,
        limit: Duration
    ) {
        self.invariants = invariants
        self.names = names
        self.blobs = blobs
        self.limit = limit
    }

    package func run(_ scope: AuditScope) async throws(AuditError) -> AuditReport {
        guard !isRunning else { throw .running }
        isRunning = true
        defer { isRunning = false }
        let outcome = await withTaskGroup(of: Result<AuditReport, AuditError>.self) { group in
            group.addTask { await self.report(scope) }
            group.addTask { [limit] in
                // Ends early when the report is complete, and then its result is ignored.
                try? await Task.sleep(for: limit)
                return .failure(.timeout)
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.timeout)
        }
        return try outcome.get()
    }

    /// All of history: a thousand years.
    private static let everything = Duration.seconds(31_557_600_000)

    private nonisolated func report(_ scope: AuditScope) async -> Result<AuditReport, AuditError> {
        do throws(JobFailure) {
            let breaches = try await invariants.audit(of: scope.window ?? Self.everything)
            let finding =
                scope.includesBlobs ? try await BlobAudit(names: names, blobs: blobs).run() : nil
            return .success(AuditReport(scope: scope, breaches: breaches, blobs: finding))
        } catch {
            return .failure(.failed(error))
        }
    }
}
