// Indexing: finds near vectors without reading all of them.
//
// A sketch encodes a vector's direction in 128 bytes (a binary signature, SimHash). A search
// compares sketches, reads the vectors of the nearest few hundred chunks and ranks those exactly.
// The sketches of a tenant with many chunks are grouped into cells of near ones (IVF lists), of
// which a search opens the nearest. New sketches are in no cell at first and are always compared.
//
// Invariants: every searchable chunk has its sketch row from the transaction that made it
// searchable; the row is in at most one cell. All of this is derived: losing it costs only time.
// Neighbours: the embed-worker computes sketches, the flusher moves them and runs the
// IndexMaintainer, searches in ingest-api read them. CellMaintenance decides the steps, the job
// store executes them.

import Domain

/// The direction of a vector in 1,024 bits: the signs of its coordinates after a fixed random
/// rotation.
///
/// Sketches of vectors at an angle θ differ in 1,024 · θ/π bits on average (Charikar, Similarity
/// estimation techniques from rounding algorithms, STOC 2002). The rotation follows Andoni et al.,
/// Practical and optimal LSH for angular distance, NIPS 2015: rounds of random signs and Hadamard
/// transforms. Here these run over columns with a transposition in between, which mixes as well and
/// vectorises.
package struct Sketch: Hashable, Sendable {
    /// The column's width. Sketches are stored, so another rotation or width needs a migration.
    package static let bits = 1024

    private(set) var lanes: SIMD16<UInt64>

    init(lanes: SIMD16<UInt64>) { self.lanes = lanes }

    /// Creates a sketch from 16 words of 64 bits, as returned by `words`.
    package init(words: [UInt64]) { lanes = SIMD16(words) }

    /// Sketches a vector of up to 2,048 numbers. The sketch of a zero vector has no bits set.
    package init(of vector: [Float]) { lanes = Rotation.standard.signs(of: vector) }

    package var words: [UInt64] { lanes.indices.map { lanes[$0] } }

    /// The number of bits that differ, 0...1024.
    package func distance(to other: Sketch) -> Int {
        Int((lanes ^ other.lanes).nonzeroBitCount.wrappedSum())
    }
}

/// A rotation of 2,048 numbers, the same in every process. It must never change.
private struct Rotation: Sendable {
    static let standard = Rotation()

    private static let rounds = 3
    private static let rows = 128
    /// Numbers per row of a vector laid out as 128 rows.
    private static let columns = 16

    /// 1 or -1 for each number of each round.
    private let flips: [SIMD16<Float>]

    private init() {
        var generator = SplitMix64(state: 0x6D69_6C6C_7261_6365)
        flips = (0..<Self.rounds * Self.rows / 4).flatMap { _ in
            let word = generator.next()
            return (0..<4).map { part in
                var row = SIMD16<Float>(repeating: 1)
                for column in 0..<16 where word >> UInt64(part * 16 + column) & 1 == 0 {
                    row[column] = -1
                }
                return row
            }
        }
    }

    /// The signs of the first 1,024 rotated numbers.
    func signs(of vector: [Float]) -> SIMD16<UInt64> {
        precondition(vector.count <= Self.rows * Self.columns, "a vector wider than the rotation")
        return withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: Self.rows * 2) {
            let (here, there) = ($0.extracting(..<Self.rows), $0.extracting(Self.rows...))
            here.initialize(repeating: .zero)
            there.initialize(repeating: .zero)
            vector.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(here).copyMemory(from: $0)
            }
            for round in 0..<Self.rounds {
                for row in 0..<Self.rows { here[row] *= flips[round * Self.rows + row] }
                Self.transpose(here, into: there)
                Self.transformColumns(there)
                _ = here.update(from: there)
            }
            return Self.signs(here)
        }
    }

    private static func transpose(
        _ source: UnsafeMutableBufferPointer<SIMD16<Float>>,
        into target: UnsafeMutableBufferPointer<SIMD16<Float>>
    ) {
        let from = UnsafeMutableRawBufferPointer(source).assumingMemoryBound(to: Float.self)
        let to = UnsafeMutableRawBufferPointer(target).assumingMemoryBound(to: Float.self)
        for column in 0..<columns {
            for row in 0..<rows { to[column * rows + row] = from[row * columns + column] }
        }
    }

    /// Walsh-Hadamard transforms of the 16 columns at once.
    private static func transformColumns(_ x: UnsafeMutableBufferPointer<SIMD16<Float>>) {
        var half = 1
        while half < rows {
            for start in stride(from: 0, to: rows, by: 2 * half) {
                for row in start..<start + half {
                    let (upper, lower) = (x[row], x[row + half])
                    x[row] = upper + lower
                    x[row + half] = upper - lower
                }
            }
            half *= 2
        }
    }

    private static func signs(_ x: UnsafeMutableBufferPointer<SIMD16<Float>>) -> SIMD16<UInt64> {
        var words = SIMD16<UInt64>.zero
        for row in 0..<Sketch.bits / columns {
            let isPositive = x[row] .> 0
            var part: UInt64 = 0
            for column in 0..<columns where isPositive[column] { part |= 1 << UInt64(column) }
            words[row / 4] |= part << UInt64(row % 4 * columns)
        }
        return words
    }
}
