import Domain

/// Counts how often the oldest waiting job of a tenant was overtaken by jobs of another tenant.
struct TurnWatch {
    /// Whether overtakes are counted. Off while programs are killed, because a restarted program
    /// does not know whose turn it is.
    var isOn = false
    private var overtakes: [JobID: [TenantID: Int]] = [:]
    private(set) var most: [WorkQueue: Int] = [:]

    /// - Parameter waiting: due jobs of the queue without the claimed one, oldest first.
    mutating func claimed(
        _ job: JobID, of tenant: TenantID, from queue: WorkQueue, _ waiting: [Tables.Job]
    ) {
        guard isOn else { return }
        overtakes[job] = nil
        var seen: Set<TenantID> = [tenant]
        for other in waiting where seen.insert(other.submission.tenant).inserted {
            let count = overtakes[other.submission.job, default: [:]][tenant, default: 0] + 1
            overtakes[other.submission.job, default: [:]][tenant] = count
            most[queue] = max(most[queue, default: 0], count)
        }
    }
}
