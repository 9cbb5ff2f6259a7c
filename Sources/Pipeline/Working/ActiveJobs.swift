import Concurrency
import Domain
import Synchronization

/// Why a running job must stop.
enum StopReason: Sendable {
    /// The row belongs to another claim.
    case claimLost
    /// The program is stopping and its grace period is over.
    case drained
}

/// The jobs running in this process, bounded by its slots.
///
/// Not a semaphore: a caller waits until slots are free, and takes them only once it has claimed
/// jobs for them.
final class ActiveJobs: Sendable {
    private struct Work {
        let claim: Claim
        let isLong: Bool
        /// The heartbeats and the end of the grace period yield a reason; the `JobRun` reads it.
        let stop: AsyncStream<StopReason>.Continuation
        /// Counted by the job's handler, read by the heartbeats.
        let progress: Progress
    }

    private struct State {
        /// The work loop adds a job (`begin`) and the job's task removes it (`end`). The work loop
        /// and the heartbeats read it.
        var work: [Work] = []
        /// Set by the work loop (`waitForFreeSlots`), which removes it after the wait. The task of
        /// a job that ends (`end`) raises and removes it once enough slots are free.
        var waiter: Waiter?
    }

    /// The wait of the work loop for free slots.
    private struct Waiter {
        /// The number of free slots to wait for.
        let slots: Int
        /// Raised when that many are free.
        let areFree = StopSignal()
    }

    let slots: Int
    private let timing: Timing
    private let state = Mutex(State())

    init(slots: Int, _ timing: Timing) {
        self.slots = slots
        self.timing = timing
    }

    var free: Int { state.withLock { slots - $0.work.count } }

    /// Jobs with more chunks than this are long: embedding them takes seconds.
    static let shortJobChunks = 256

    /// How many jobs can be claimed now, and the maximum chunks per job. The last slot is reserved
    /// for a short job, so that long jobs cannot block all short ones.
    var capacity: (jobs: Int, chunksMax: Int) {
        state.withLock { state in
            let free = slots - state.work.count
            guard slots > 1 else { return (free, .max) }
            let room = slots - 1 - state.work.count(where: \.isLong)
            return room > 0 ? (min(free, room), .max) : (free, Self.shortJobChunks)
        }
    }
    var claims: [Claim] { state.withLock { $0.work.map(\.claim) } }
    /// Completed parts of each job's work, in the order of the claims.
    var progress: [(claim: Claim, steps: Int)] {
        state.withLock { $0.work.map { ($0.claim, $0.progress.count) } }
    }

    /// Occupies a slot. The stream yields a reason when the work must stop.
    func begin(_ job: ClaimedJob, _ progress: Progress) -> AsyncStream<StopReason> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: StopReason.self, bufferingPolicy: .bufferingOldest(1))
        state.withLock {
            $0.work.append(
                Work(
                    claim: job.claim, isLong: job.expectedChunks ?? 0 > Self.shortJobChunks,
                    stop: continuation, progress: progress))
        }
        return stream
    }

    func end(_ claim: Claim) {
        let (ended, waiter) = state.withLock { state in
            let ended = state.work.firstIndex { $0.claim == claim }.map {
                state.work.remove(at: $0)
            }
            let isEnough = slots - state.work.count >= state.waiter?.slots ?? .max
            defer { if isEnough { state.waiter = nil } }
            return (ended, isEnough ? state.waiter : nil)
        }
        ended?.stop.finish()
        waiter?.areFree.raise()
    }

    func stop(_ claims: [Claim], _ reason: StopReason) {
        let stopped = Set(claims)
        for work in state.withLock(\.work) where stopped.contains(work.claim) {
            work.stop.yield(reason)
        }
    }

    /// Returns when `count` slots are free, or after `limit`. At most one caller at a time.
    func waitForFreeSlots(atLeast count: Int = 1, within limit: Duration) async {
        let waiter = Waiter(slots: count)
        let isOver = state.withLock { state in
            guard slots - state.work.count < count else { return true }
            state.waiter = waiter
            return false
        }
        if isOver { return }
        await waiter.areFree.cancelling { await self.timing.sleep(limit) }
        state.withLock { $0.waiter = nil }
    }
}
