/// The parts of a piece as a linked list over its byte offsets, for merging by heap.
struct PartChain {
    private let length: Int
    private var next: [Int32]
    private var before: [Int32]
    /// The rank of each part joined with the next; `none` for the last and for joined parts.
    private(set) var ranks: [UInt32]

    init(length: Int) {
        self.length = length
        next = (0...length).map { Int32($0 + 1) }
        before = (0...length).map { Int32($0 - 1) }
        ranks = Array(repeating: RankTable.none, count: length + 1)
    }

    /// The part before `part`, or -1.
    func previous(_ part: Int) -> Int { Int(before[part]) }

    /// Where the pair of `part` and the next part ends; 0 when `part` is the last.
    func end(ofPairAt part: Int) -> Int {
        let following = Int(next[part])
        return following < length ? Int(next[following]) : 0
    }

    /// Joins the next part to `part`.
    mutating func joinNext(_ part: Int) {
        let gone = Int(next[part])
        let following = Int(next[gone])
        ranks[gone] = RankTable.none
        next[part] = Int32(following)
        if following <= length { before[following] = Int32(part) }
    }

    /// Records the rank of the pair at `part` and adds it to the heap.
    mutating func offer(_ part: Int, rank: UInt32, to heap: inout PairHeap) {
        ranks[part] = rank
        if rank != RankTable.none { heap.push(rank: rank, part: part) }
    }

    /// Writes the starts of all parts, then the length; returns the number of parts.
    func list(into starts: UnsafeMutableBufferPointer<UInt32>) -> Int {
        var parts = 0
        var part = 0
        while part < length {
            starts[parts] = UInt32(part)
            parts += 1
            part = Int(next[part])
        }
        starts[parts] = UInt32(length)
        return parts
    }
}

/// A binary heap of pairs: lowest rank first, then leftmost.
struct PairHeap {
    private var items: [UInt64] = []

    init(capacity: Int) {
        items.reserveCapacity(capacity)
    }

    mutating func push(rank: UInt32, part: Int) {
        let item = UInt64(rank) << 32 | UInt64(part)
        items.append(item)
        var i = items.count - 1
        while i > 0 {
            let parent = (i - 1) >> 1
            if items[parent] <= item { break }
            items[i] = items[parent]
            i = parent
        }
        items[i] = item
    }

    mutating func popLowest() -> (rank: UInt32, part: Int)? {
        guard let top = items.first else { return nil }
        let last = items.removeLast()
        if !items.isEmpty { sink(last) }
        return (UInt32(top >> 32), Int(top & 0xFFFF_FFFF))
    }

    private mutating func sink(_ item: UInt64) {
        var i = 0
        while true {
            var child = 2 * i + 1
            if child >= items.count { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            if items[child] >= item { break }
            items[i] = items[child]
            i = child
        }
        items[i] = item
    }
}
