import Domain
import JobModel

/// A world in 128 bits: equal for worlds that differ only in the names of tokens and the order
/// of workers.
struct WorldKey: Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var used = 0

    init(_ world: World) {
        var names = TokenNames()
        put(world.database, &names)
        put(world.before, &names)
        for count in world.hints { put(count, bits: 2) }
        put(world.seenExpired.map { names[$0] } ?? 0, bits: 3)
        var workers: [Int] = []
        // Workers whose token is known already come first, so that the names of the others do
        // not depend on their order.
        for worker in world.workers.sorted(by: { names.rank(of: $0) < names.rank(of: $1) }) {
            workers.append(Self.code(of: worker, &names))
        }
        for code in workers.sorted() { put(code, bits: 11) }
        let uploader =
            switch world.uploader {
            case .uploading: 0;
            case .mustTell: 1;
            case .ended: 2
            }
        put(uploader, bits: 2)
        put(world.failovers, bits: 1)
        put(world.redrives, bits: 1)
        put(world.deletions, bits: 1)
    }

    private mutating func put(_ database: Database?, _ names: inout TokenNames) {
        guard let database else { return put(0, bits: 27) }
        let row = database.row
        put(1 + row.position.stage.ordinal, bits: 4)
        put(JobState.allCases.firstIndex(of: row.position.state)!, bits: 3)
        put(row.token.map { names[$0] } ?? 0, bits: 3)
        put(max(0, row.attempt), bits: 3)
        put(database.claims, bits: 3)
        put(database.isParsed ? 1 : 0, bits: 1)
        put(database.planned, bits: 2)
        put(database.texts, bits: 2)
        put(Int(database.vectors), bits: 2)
        put(min(database.searchable, 3), bits: 2)
        put(min(database.epoch, 3), bits: 2)
    }

    private static func code(of worker: Worker, _ names: inout TokenNames) -> Int {
        switch worker {
        case .idle: 0
        case .working(let queue, let token, let epoch):
            1 | queue.index << 2 | names[token] << 4 | min(epoch, 3) << 7
        case .mustTell(let queue): 2 | queue.index << 2
        case .halfDone(let queue, let token): 3 | queue.index << 2 | names[token] << 4
        }
    }

    private mutating func put(_ value: Int, bits: Int) {
        precondition(value >= 0 && value < 1 << bits && used + bits <= 128)
        let number = UInt64(value)
        if used >= 64 {
            high |= number << (used - 64)
        } else {
            low |= number << used
            if used + bits > 64 { high |= number >> (64 - used) }
        }
        used += bits
    }
}

/// Numbers tokens from 1, in the order of their first use.
private struct TokenNames {
    private var known: [ClaimID] = []

    subscript(token: ClaimID) -> Int {
        mutating get {
            if let place = known.firstIndex(of: token) { return place + 1 }
            known.append(token)
            return known.count
        }
    }

    func rank(of worker: Worker) -> Int {
        worker.token.flatMap { known.firstIndex(of: $0) } ?? known.count
    }
}
