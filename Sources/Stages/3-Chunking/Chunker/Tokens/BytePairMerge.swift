/// Merges the byte pairs of one piece: the lowest rank first, the leftmost among equals.
struct BytePairMerge: Sendable {
    let ranks: RankTable

    /// Up to this length, a scan for the best pair is faster than a heap.
    private static let scanMax = 96

    /// The number of tokens of a piece.
    @inline(__always)
    func count(_ piece: UnsafePointer<UInt8>, _ length: Int) -> Int {
        if ranks.rank(piece, length) != RankTable.none { return 1 }
        return withParts(of: piece, length: length) { $1 }
    }

    /// Appends the tokens of a piece.
    func append(_ piece: UnsafePointer<UInt8>, _ length: Int, to tokens: inout [UInt32]) {
        let whole = ranks.rank(piece, length)
        if whole != RankTable.none { return tokens.append(whole) }
        withParts(of: piece, length: length) { starts, parts in
            for i in 0..<parts {
                let start = Int(starts[i])
                tokens.append(ranks.rank(piece + start, Int(starts[i + 1]) - start))
            }
        }
    }

    /// Appends the ends of a piece's tokens, plus `offset`.
    func appendEnds(
        _ piece: UnsafePointer<UInt8>, _ length: Int, after offset: Int, to ends: inout [Int]
    ) {
        if ranks.rank(piece, length) != RankTable.none { return ends.append(offset + length) }
        withParts(of: piece, length: length) { starts, parts in
            for i in 1...parts { ends.append(offset + Int(starts[i])) }
        }
    }

    /// Calls `body` with the starts of the parts, followed by `length`, and the number of parts.
    private func withParts<Result>(
        of piece: UnsafePointer<UInt8>, length: Int,
        _ body: (UnsafeMutableBufferPointer<UInt32>, Int) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: length + 1) { starts in
            let parts =
                length <= Self.scanMax
                ? mergeByScan(piece, length: length, starts: starts)
                : mergeByHeap(piece, length: length, starts: starts)
            return body(starts, parts)
        }
    }

    private func mergeByScan(
        _ piece: UnsafePointer<UInt8>, length: Int, starts: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: length + 1) { pairs in
            var i = 0
            while i <= length {
                starts[i] = UInt32(truncatingIfNeeded: i)
                pairs[i] = i + 1 < length ? ranks.rank(piece + i, 2) : RankTable.none
                i += 1
            }
            var parts = length
            while true {
                var lowest = RankTable.none
                var best = 0
                var k = 0
                while k < parts {
                    if pairs[k] < lowest { (lowest, best) = (pairs[k], k) }
                    k += 1
                }
                if lowest == RankTable.none { return parts }
                k = best + 1
                while k < parts {
                    starts[k] = starts[k + 1]
                    pairs[k] = pairs[k + 1]
                    k += 1
                }
                parts -= 1
                pairs[best] = pairRank(of: piece, starts: starts, at: best, parts: parts)
                if best > 0 {
                    pairs[best - 1] = pairRank(
                        of: piece, starts: starts, at: best - 1, parts: parts)
                }
            }
        }
    }

    /// The rank of part `i` joined with the next, or `none` for the last part.
    @inline(__always)
    private func pairRank(
        of piece: UnsafePointer<UInt8>, starts: UnsafeMutableBufferPointer<UInt32>, at i: Int,
        parts: Int
    ) -> UInt32 {
        guard i + 1 < parts else { return RankTable.none }
        let start = Int(starts[i])
        return ranks.rank(piece + start, Int(starts[i + 2]) - start)
    }

    /// The same as `mergeByScan` in O(n log n), for runs of thousands of letters.
    private func mergeByHeap(
        _ piece: UnsafePointer<UInt8>, length: Int, starts: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        var chain = PartChain(length: length)
        var heap = PairHeap(capacity: length)
        var i = 0
        while i + 1 < length {
            chain.offer(i, rank: ranks.rank(piece + i, 2), to: &heap)
            i += 1
        }
        while let (rank, part) = heap.popLowest() {
            guard chain.ranks[part] == rank else { continue }
            chain.joinNext(part)
            let end = chain.end(ofPairAt: part)
            let joined = end > 0 ? ranks.rank(piece + part, end - part) : RankTable.none
            chain.offer(part, rank: joined, to: &heap)
            let before = chain.previous(part)
            if before >= 0 {
                let end = chain.end(ofPairAt: before)
                chain.offer(before, rank: ranks.rank(piece + before, end - before), to: &heap)
            }
        }
        return chain.list(into: starts)
    }
}
