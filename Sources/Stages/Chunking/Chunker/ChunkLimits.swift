/// How large chunks may be, in exact cl100k_base tokens.
package struct ChunkLimits: Hashable, Sendable {
    /// What a section that must be cut is cut to, about.
    package let tokensTarget: Int
    /// What no chunk exceeds.
    package let tokensMax: Int
    /// What a chunk repeats, at most, of the one before it; 0 for nothing.
    package let overlapTokensMax: Int
    /// Up to how many tokens neighbouring short sections share a chunk; 0 for never.
    package let joinTokensMax: Int

    package init(
        tokensTarget: Int, tokensMax: Int, overlapTokensMax: Int, joinTokensMax: Int
    ) throws(ChunkerError) {
        var faults: [String] = []
        if !(32...8192).contains(tokensMax) { faults.append("the maximum must be 32...8192") }
        if tokensTarget > tokensMax || tokensTarget < tokensMax / 2 {
            faults.append("the target must be between half the maximum and the maximum")
        }
        if overlapTokensMax < 0 || overlapTokensMax > tokensMax / 4 {
            faults.append("the overlap must be between 0 and a quarter of the maximum")
        }
        if joinTokensMax < 0 || joinTokensMax > tokensTarget {
            faults.append("short sections must be joined to between 0 and the target")
        }
        guard faults.isEmpty else { throw .limitsInvalid(faults) }
        self.init(
            checkedTarget: tokensTarget, max: tokensMax, overlap: overlapTokensMax,
            join: joinTokensMax)
    }

    private init(checkedTarget: Int, max: Int, overlap: Int, join: Int) {
        tokensTarget = checkedTarget
        tokensMax = max
        overlapTokensMax = overlap
        joinTokensMax = join
    }

    /// For MiniLM, which reads 256 word pieces at once: 96 % of the chunks of English manuals fit,
    /// with their heading path (a maximum of 192: 99 %, 240: 87 %, 320: 56 %).
    package static let standard = ChunkLimits(
        checkedTarget: 176, max: 208, overlap: 24, join: 96)

    /// What no chunk exceeds in bytes: rulers and runs of blanks make tokens of 128 bytes.
    var bytesMax: Int { tokensMax * 16 }
}
