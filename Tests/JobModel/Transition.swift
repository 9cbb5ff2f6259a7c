package import Domain

/// The cause of a job's move. Each legal move has exactly one of these causes.
package enum Transition: Equatable, Sendable {
    /// A worker claimed the job, with a new token.
    case claim
    /// The worker that holds the claim moved to the next stage within its own queue.
    case advance
    /// The worker completed its work. The job waits on the next queue, or is finished.
    case complete
    /// The work failed, its lease or deadline expired, or a dependency is unavailable. The job is
    /// due again later.
    case retryLater
    /// A retry has become due.
    case retryDue
    /// A worker released the job while stopping, or the machine crashed. No attempt is counted.
    case release
    /// The job cannot succeed, or its attempts are used up.
    case deadletter
    /// An operator returned a dead letter to the stage at which it failed.
    case redrive

    /// The cause of a move; `nil` when the move is illegal. Staying in place is not a move.
    package init?(from: Position, to: Position) {
        guard from.isLegal, to.isLegal, from != to else { return nil }
        let stays = from.stage == to.stage
        switch (from.state, to.state) {
        case (.queued, .working) where stays: self = .claim
        case (.done, .working):
            guard let queue = WorkQueue(waitingAt: from), queue.claimed(from: from) == to
            else { return nil }
            self = .claim
        case (.working, .working) where Self.advances[from.stage] == to.stage: self = .advance
        case (.working, .done):
            guard WorkQueue(movingOn: from.stage).completes(from: from.stage, at: to)
            else { return nil }
            self = .complete
        case (.working, .retryable) where stays: self = .retryLater
        case (.retryable, .queued) where stays: self = .retryDue
        case (.working, .queued) where stays: self = .release
        case (.working, .deadletter) where stays: self = .deadletter
        case (.deadletter, .queued) where stays: self = .redrive
        default: return nil
        }
    }

    private static let advances: [Stage: Stage] = [
        .queued: .jobValidated, .jobValidated: .parsing, .parsing: .parsed,
    ]
}

extension WorkQueue {
    /// Whether work at `stage` can end in `position`: only from the last stage of its queue.
    fileprivate func completes(from stage: Stage, at position: Position) -> Bool {
        guard position == completion else { return false }
        return switch self {
        case .parse: stage == .parsed
        case .chunk: stage == .chunking
        case .embed: stage == .embedding
        case .flush: stage == .embedded
        }
    }
}
