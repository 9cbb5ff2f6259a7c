/// How large chunks may be, in the units of a `ChunkMeasure`.
package struct ChunkLimits: Hashable, Sendable {
    /// What a section that must be cut is cut to, about.
    package let target: Int
    /// What no chunk exceeds.
    package let max: Int
    /// What a chunk repeats, at most, of the one before it; 0 for nothing.
    package let overlapMax: Int
    /// Up to what size neighbouring short sections share a chunk; 0 for never.
    package let joinMax: Int

    package init(
        target: Int, max: Int, overlapMax: Int, joinMax: Int
    ) throws(ChunkerError) {
        var faults: [String] = []
        if !(32...4096).contains(max) { faults.append("the maximum must be 32...4096") }
        if target > max || target < max / 2 {
            faults.append("the target must be between half the maximum and the maximum")
        }
        if overlapMax < 0 || overlapMax > max / 4 {
            faults.append("the overlap must be between 0 and a quarter of the maximum")
        }
        if joinMax < 0 || joinMax > target {
            faults.append("short sections must be joined to between 0 and the target")
        }
        guard faults.isEmpty else { throw .limitsInvalid(faults) }
        self.init(checkedTarget: target, max: max, overlap: overlapMax, join: joinMax)
    }

    private init(checkedTarget: Int, max: Int, overlap: Int, join: Int) {
        target = checkedTarget
        self.max = max
        overlapMax = overlap
        joinMax = join
    }

    /// For MiniLM, which reads 256 word pieces at once: 96 % of the chunks of English manuals fit,
    /// with their heading path (a maximum of 192: 99 %, 240: 87 %, 320: 56 %).
    static let tokens = ChunkLimits(checkedTarget: 176, max: 208, overlap: 24, join: 96)

    /// As large as those in tokens where a token has four characters, as in English prose.
    static let characters = ChunkLimits(checkedTarget: 704, max: 832, overlap: 96, join: 384)
}
