import FoundationEssentials

/// Which waiting jobs a claim may take, and how many.
///
/// Tenants take turns. Each gets an equal share of a claim, filled with its oldest jobs, so a
/// tenant with many waiting jobs delays another tenant's jobs by at most the work in progress.
package struct ClaimLimits: Sendable, Equatable {
    package var jobs: Int
    /// Tenants whose jobs are skipped.
    package var excluded: Set<TenantID>
    /// The tenant that had the last turn. The next tenant by id goes first.
    package var lastTurn: TenantID
    /// The maximum chunks of a job. A job whose chunks are not counted yet passes.
    package var chunksMax: Int

    package init(
        _ jobs: Int, excluding excluded: Set<TenantID> = [], after lastTurn: TenantID = .first,
        chunksMax: Int = .max
    ) {
        self.jobs = jobs
        self.excluded = excluded
        self.lastTurn = lastTurn
        self.chunksMax = chunksMax
    }

    package struct WaitingJob: Sendable {
        package let id: JobID
        package let tenant: TenantID
        package let expectedChunks: Int?

        package init(id: JobID, tenant: TenantID, expectedChunks: Int?) {
            self.id = id
            self.tenant = tenant
            self.expectedChunks = expectedChunks
        }
    }

    /// Whether a job with this many chunks passes.
    package func allows(chunks: Int?) -> Bool { (chunks ?? 0) <= chunksMax }

    /// Tenants in the order of their turns.
    package func inTurn(_ tenants: Set<TenantID>) -> [TenantID] {
        let sorted = tenants.sorted { $0.precedes($1) }
        return sorted.filter { lastTurn.precedes($0) } + sorted.filter { !lastTurn.precedes($0) }
    }

    /// Chooses the jobs to claim.
    ///
    /// - Parameter waiting: all due jobs of a queue, oldest first.
    package func choose(from waiting: [WaitingJob]) -> [JobID] {
        let waiting = waiting.filter { allows(chunks: $0.expectedChunks) }
        let turns = inTurn(Set(waiting.map(\.tenant)).subtracting(excluded)).prefix(max(0, jobs))
        guard !turns.isEmpty else { return [] }
        let share = (jobs + turns.count - 1) / turns.count
        let chosen = turns.flatMap { tenant in
            waiting.filter { $0.tenant == tenant }.prefix(share)
        }
        return chosen.prefix(jobs).map(\.id)
    }
}

extension TenantID {
    /// The lowest id, which precedes all others.
    package static let first = TenantID(
        UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    /// Orders ids by their bytes, as the database does.
    func precedes(_ other: TenantID) -> Bool {
        withUnsafeBytes(of: uuid.uuid) { own in
            withUnsafeBytes(of: other.uuid.uuid) { own.lexicographicallyPrecedes($0) }
        }
    }
}
