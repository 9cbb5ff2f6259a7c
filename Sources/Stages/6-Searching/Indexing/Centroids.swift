/// Computes the centroids of cells of near sketches.
package enum Centroids {
    /// Divides a page of sketches into cells by k-means on bits. Each bit of a centroid is the
    /// majority of that bit in the cell's sketches.
    ///
    /// - Returns: at most `count` centroids, fewer when sketches are alike.
    package static func of(_ sketches: [Sketch], count: Int) -> [Sketch] {
        guard count > 0, !sketches.isEmpty else { return [] }
        // Spread over the page, because neighbours in it are often from one document.
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

    /// The index of the nearest centroid; `nil` when there are none.
    package static func nearest(to sketch: Sketch, in centroids: [Sketch]) -> Int? {
        var (best, least) = (Int?.none, Int.max)
        for index in centroids.indices {
            let distance = sketch.distance(to: centroids[index])
            if distance < least { (best, least) = (index, distance) }
        }
        return best
    }
}

/// How many sketches of a cell have each bit set.
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
