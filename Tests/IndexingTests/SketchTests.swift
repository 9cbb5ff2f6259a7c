import Foundation
import Indexing
import Testing

@Suite struct SketchTests {
    @Test(arguments: [384, 1536, 2048])
    func `the distance of sketches follows the angle of the vectors`(width: Int) {
        var dice = Dice(seed: UInt64(width))
        for degrees in [0.0, 10, 30, 60, 90, 150, 180] {
            let (near, far) = dice.pair(width: width, degrees: degrees)
            let distance = Double(Sketch(of: near).distance(to: Sketch(of: far)))
            // Bits are signs of orthogonal directions, so the spread is at most binomial.
            let share = degrees / 180
            let deviation = (1024 * share * (1 - share)).squareRoot()
            #expect(abs(distance - 1024 * share) <= 4.5 * deviation, "\(degrees)°: \(distance)")
        }
    }

    @Test func `length and padding change nothing`() {
        var dice = Dice(seed: 1)
        let vector = dice.direction(width: 384)
        let sketch = Sketch(of: vector)
        #expect(Sketch(of: vector.map { $0 * 7 }) == sketch)
        #expect(Sketch(of: vector + [Float](repeating: 0, count: 1152)) == sketch)
        #expect(Sketch(words: sketch.words) == sketch)
    }

    @Test func `narrow vectors are sketched as well as wide ones`() {
        // Feature hashing gives vectors with a few dozen non-zero numbers.
        var dice = Dice(seed: 2)
        var (one, other) = ([Float](repeating: 0, count: 1536), [Float](repeating: 0, count: 1536))
        for place in 0..<40 {
            one[dice.below(1536)] = 1
            other[place * 31] = 1
        }
        let distance = Sketch(of: one).distance(to: Sketch(of: other))
        #expect((430...600).contains(distance), "nearly orthogonal, but \(distance)")
        let narrow = Sketch(of: [1, 0.6]).distance(to: Sketch(of: [0.6, -1]))
        #expect((450...575).contains(narrow), "orthogonal, but \(narrow)")
    }

    /// Stored sketches outlive the program. Different bits for the same vector would make all of
    /// them useless.
    @Test func `the sketch of a vector never changes`() {
        let vector = (0..<1536).map { Float($0 % 7) - 3 }
        #expect(
            Sketch(of: vector).words.prefix(4) == [
                503_640_462_382_273_624, 9_011_338_369_907_691_657, 5_321_487_067_163_894_711,
                4_058_809_753_070_363_796,
            ])
    }
}

/// A seeded random generator.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed = (mixed ^ (mixed >> 31)) &* 0x7FB5_D329_728E_A185
        mixed = (mixed ^ (mixed >> 27)) &* 0x81DA_DEF4_BC2D_D44D
        return mixed ^ (mixed >> 33)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func normal() -> Double {
        let (u, v) = (
            Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self),
            Double.random(in: 0..<1, using: &self)
        )
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }

    mutating func direction(width: Int) -> [Float] {
        let numbers = (0..<width).map { _ in normal() }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return numbers.map { Float($0 / length) }
    }

    /// Two directions at the given angle.
    mutating func pair(width: Int, degrees: Double) -> ([Float], [Float]) {
        let (one, helper) = (direction(width: width), direction(width: width))
        let along = zip(one, helper).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let across = zip(one, helper).map { $1 - along * $0 }
        let length = across.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        let angle = degrees * .pi / 180
        return (
            one,
            zip(one, across).map { Float(cos(angle)) * $0 + Float(sin(angle)) * $1 / length }
        )
    }

    /// A vector near a direction.
    mutating func near(_ middle: [Float], spread: Double) -> [Float] {
        let off = direction(width: middle.count)
        return zip(middle, off).map { $0 + Float(spread) * $1 }
    }
}
