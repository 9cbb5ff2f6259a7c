/// How large chunks may be, in the units of a `ChunkMeasure`.
package struct ChunkLimits: Hashable, Sendable {
    /// The approximate size of a chunk when a section must be cut.
    package let target: Int
    /// The maximum size of a chunk.
    package let max: Int
    /// The maximum size of the text repeated from the chunk before; 0 for nothing.
    package let overlapMax: Int
    /// The maximum size up to which adjacent short sections share a chunk; 0 for never.
    package let joinMax: Int

    package init(
        target: Int, max: Int, overlapMax: Int, joinMax: Int
    ) throws(ChunkerError) {
        var faults: [String] = []
        if !(32...4096).contains(max) { faults.append("the maximum must be between 32 and 4096") }
        if target > max || target < max / 2 {
            faults.append("the target must be between half the maximum and the maximum")
        }
        if overlapMax < 0 || overlapMax > max / 4 {
            faults.append("the overlap must be between 0 and a quarter of the maximum")
        }
        if joinMax < 0 || joinMax > target {
            faults.append(
                "the size up to which sections are joined must be between 0 and the target")
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

    /// Limits for parts without overlap, of at most `max`.
    static func parts(max: Int) -> ChunkLimits {
        ChunkLimits(checkedTarget: max, max: max, overlap: 0, join: 0)
    }

    /// For MiniLM, which reads 256 word pieces at once: 96 % of the chunks of English manuals fit
    /// with their heading path (a maximum of 192: 99 %, 240: 87 %, 320: 56 %).
    static let tokens = ChunkLimits(checkedTarget: 176, max: 208, overlap: 24, join: 96)

    /// The limits in tokens at four characters per token, as in English prose.
    static let characters = ChunkLimits(checkedTarget: 704, max: 832, overlap: 96, join: 384)
}
