import FoundationEssentials

/// Which of the waiting jobs a claim may take, and how many.
///
/// Tenants take turns: each gets an equal share of a claim, filled with its oldest jobs. So a tenant
/// with many waiting jobs delays the jobs of another one by no more than the work in progress.
package struct ClaimLimits: Sendable, Equatable {
    package var jobs: Int
    /// Tenants whose jobs are left out.
    package var excluded: Set<UserID>
    /// The tenant that had the last turn; the next one by id is the first to have one now.
    package var lastTurn: UserID
    /// Most chunks of a job. A job whose chunks are not counted yet is within it.
    package var chunksMax: Int

    package init(
        _ jobs: Int, excluding excluded: Set<UserID> = [], after lastTurn: UserID = .first,
        chunksMax: Int = .max
    ) {
        self.jobs = jobs
        self.excluded = excluded
        self.lastTurn = lastTurn
        self.chunksMax = chunksMax
    }

    package struct WaitingJob: Sendable {
        package let id: JobID
        package let user: UserID
        package let expectedChunks: Int?

        package init(id: JobID, user: UserID, expectedChunks: Int?) {
            self.id = id
            self.user = user
            self.expectedChunks = expectedChunks
        }
    }

    /// Whether a job is short enough.
    package func allows(chunks: Int?) -> Bool { (chunks ?? 0) <= chunksMax }

    /// Tenants in the order of their turns.
    package func inTurn(_ tenants: Set<UserID>) -> [UserID] {
        let sorted = tenants.sorted { $0.precedes($1) }
        return sorted.filter { lastTurn.precedes($0) } + sorted.filter { !lastTurn.precedes($0) }
    }

    /// The jobs that a claim takes.
    ///
    /// - Parameter waiting: all due jobs of a queue, oldest first.
    package func choose(from waiting: [WaitingJob]) -> [JobID] {
        let waiting = waiting.filter { allows(chunks: $0.expectedChunks) }
        let turns = inTurn(Set(waiting.map(\.user)).subtracting(excluded)).prefix(max(0, jobs))
        guard !turns.isEmpty else { return [] }
        let share = (jobs + turns.count - 1) / turns.count
        let chosen = turns.flatMap { tenant in
            waiting.filter { $0.user == tenant }.prefix(share)
        }
        return chosen.prefix(jobs).map(\.id)
    }
}

extension UserID {
    /// Before every other one.
    package static let first = UserID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    /// The order of ids in the database: by their bytes.
    func precedes(_ other: UserID) -> Bool {
        withUnsafeBytes(of: uuid.uuid) { own in
            withUnsafeBytes(of: other.uuid.uuid) { own.lexicographicallyPrecedes($0) }
        }
    }
}
