import Domain
import FoundationEssentials
import JobModel

/// The rows of one document at one moment.
struct Database {
    var row: JobRow
    var isParsed = false
    /// The number of chunks, as counted when they were staged; 0 before.
    var planned = 0
    /// The number of staged texts.
    var texts = 0
    /// Staged vectors, one bit per chunk.
    var vectors: UInt8 = 0
    /// Rows that search reads.
    var searchable = 0
    /// The number of claims since the queue's work began, as the rules should count them.
    var claims = 0
    /// A counter in the row that each claim increments; only faulty fences read it.
    var epoch = 0

    static let chunks = 2
    var vectorCount: Int { vectors.nonzeroBitCount }
    var isDone: Bool { row.position == Position(.embedded, .done) }
}

/// A worker's state, as the worker sees it.
enum Worker {
    case idle
    case working(WorkQueue, ClaimID, epoch: Int)
    /// Its completion is committed; the hint is not sent yet.
    case mustTell(WorkQueue)
    /// With `outputsApart`: the outputs are committed, the transition is not.
    case halfDone(WorkQueue, ClaimID)
}

enum Uploader {
    case uploading, mustTell, ended
}

/// Everything that a step of any participant can read or change.
struct World {
    /// `nil` until the upload is committed.
    var database: Database?
    /// The state before the last commit, which a failover restores.
    var before: Database?
    /// Hints in the broker, by queue.
    var hints: [Int]
    var workers: [Worker]
    var uploader = Uploader.uploading
    /// The claim that a faulty reconciler saw expired.
    var seenExpired: ClaimID?
    var failovers: Int
    /// How often an operator may still redrive.
    var redrives: Int
    /// How often a staged vector may still be deleted by hand.
    var deletions: Int

    init(workers: Int, failovers: Int, redrives: Int, deletions: Int) {
        hints = WorkQueue.allCases.map { _ in 0 }
        self.workers = Array(repeating: .idle, count: workers)
        self.failovers = failovers
        self.redrives = redrives
        self.deletions = deletions
    }

    func hintCount(_ queue: WorkQueue) -> Int { hints[queue.index] }

    mutating func addHint(_ queue: WorkQueue, max: Int) {
        hints[queue.index] = min(max, hints[queue.index] + 1)
    }

    mutating func removeHint(_ queue: WorkQueue) { hints[queue.index] -= 1 }

    /// Changes the database in one transaction.
    mutating func commit(_ next: Database) {
        before = database
        database = next
    }

    /// A token that does not occur in this world.
    func freshToken() -> ClaimID {
        let used = Set(tokens)
        return (UInt8(1)...).lazy.map(ClaimID.init(number:)).first { !used.contains($0) }!
    }

    private var tokens: [ClaimID] {
        [database?.row.token, before?.row.token, seenExpired].compactMap(\.self)
            + workers.compactMap(\.token)
    }
}

extension Worker {
    var token: ClaimID? {
        switch self {
        case .working(_, let token, _), .halfDone(_, let token): token
        case .idle, .mustTell: nil
        }
    }
}

extension WorkQueue {
    var index: Int { Self.allCases.firstIndex(of: self)! }
}

extension ClaimID {
    init(number: UInt8) {
        self.init(UUID(uuid: (number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    }
}
