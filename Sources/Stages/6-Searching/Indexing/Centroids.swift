/// The middles of cells of near sketches.
package enum Centroids {
    /// How a page of sketches falls into cells: by k-means on bits, where the middle of a cell has
    /// in each place the bit of most of its sketches.
    ///
    /// - Returns: at most `count` middles, fewer where sketches are alike.
    package static func of(_ sketches: [Sketch], count: Int) -> [Sketch] {
        guard count > 0, !sketches.isEmpty else { return [] }
        // Spread over the page: neighbours in it are often of one document.
        var centroids = distinct((0..<count).map { sketches[$0 * sketches.count / count] })
        for _ in 0..<rounds {
            var counts = Array(repeating: BitCounts(), count: centroids.count)
            for sketch in sketches { counts[nearest(to: sketch, in: centroids)!].add(sketch) }
            centroids = distinct(counts.filter { $0.total > 0 }.map(\.majority))
        }
        return centroids
    }

    private static let rounds = 6

    private static func distinct(_ sketches: [Sketch]) -> [Sketch] {
        var known: Set<Sketch> = []
        return sketches.filter { known.insert($0).inserted }
    }

    /// The place of the nearest centroid; `nil` without any.
    package static func nearest(to sketch: Sketch, in centroids: [Sketch]) -> Int? {
        var (best, least) = (Int?.none, Int.max)
        for index in centroids.indices {
            let distance = sketch.distance(to: centroids[index])
            if distance < least { (best, least) = (index, distance) }
        }
        return best
    }
}

/// How many sketches of a cell have each bit.
private struct BitCounts {
    private(set) var total = 0
    private var ones = [Int32](repeating: 0, count: Sketch.bits)

    mutating func add(_ sketch: Sketch) {
        total += 1
        for word in 0..<16 {
            var rest = sketch.lanes[word]
            while rest != 0 {
                ones[word * 64 + rest.trailingZeroBitCount] += 1
                rest &= rest - 1
            }
        }
    }

    var majority: Sketch {
        var words = SIMD16<UInt64>.zero
        for bit in 0..<Sketch.bits where Int(ones[bit]) * 2 > total {
            words[bit / 64] |= 1 << UInt64(bit % 64)
        }
        return Sketch(lanes: words)
    }
}
