/// Failures of the worker and its claim. The reconciler and the database also record them.
package enum WorkerFailure: String, CaseIterable, Sendable {
    case cancelled
    case deadlineExceeded = "deadline_exceeded"
    case died = "worker_died"
    case leaseExpired = "lease_expired"
    case leaseLost = "lease_lost"

    var entry: FailureEntry {
        switch self {
        case .cancelled:
            .init(.counted, status: 503, "The program is stopping, or the client has disconnected.")
        case .deadlineExceeded:
            .init(
                .counted, "The work made no progress in time. If it repeats, see the worker's log.")
        case .died:
            .init(.counted, "The worker's process ended. See why: memory, a crash, a restart.")
        case .leaseExpired:
            .init(.counted, "The worker sent no heartbeat. Check the load and the network.")
        case .leaseLost:
            .init(.abandoned, "Another worker has claimed the job. Nothing needs to be done.")
        }
    }
}
