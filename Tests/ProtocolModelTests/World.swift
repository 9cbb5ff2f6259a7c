import Domain
import FoundationEssentials

/// What the database holds of one document, in one moment.
struct Database {
    var row: JobRow
    var isParsed = false
    /// Chunks as counted when they were staged; none before.
    var planned = 0
    /// Staged texts of chunks.
    var texts = 0
    /// Staged vectors, a bit a chunk.
    var vectors: UInt8 = 0
    /// Rows that search reads.
    var searchable = 0
    /// Claims since the queue's work began, as the rules should count them.
    var claims = 0
    /// A counter in the row, raised by each claim; only faulty fences look at it.
    var epoch = 0

    static let chunks = 2
    var vectorCount: Int { vectors.nonzeroBitCount }
    var isDone: Bool { row.position == Position(.embedded, .done) }
}

/// What a worker believes and is at.
enum Worker {
    case idle
    case working(WorkQueue, ClaimID, epoch: Int)
    /// Its completion is committed, the hint is not sent.
    case mustTell(WorkQueue)
    /// With outputs apart from the transition: the outputs are committed.
    case halfDone(WorkQueue, ClaimID)
}

enum Uploader {
    case uploading, mustTell, ended
}

/// Everything that a step of anyone can see or change.
struct World {
    /// Nothing before the upload is committed.
    var database: Database?
    /// What a failover falls back to: the state before the last commit.
    var before: Database?
    /// Hints in the broker, by queue.
    var hints: [Int]
    var workers: [Worker]
    var uploader = Uploader.uploading
    /// The claim that a faulty reconciler saw expired.
    var seenExpired: ClaimID?
    var failovers: Int
    /// Times that an operator may redrive.
    var redrives: Int
    /// Times that somebody may delete a staged vector by hand.
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

    /// A token that nobody in this world knows.
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
