import Chunker
import Domain
import Testing

@Suite struct ChunkLimitsTests {
    @Test func `all faults of the limits are told at once`() {
        #expect {
            _ = try ChunkLimits(
                tokensTarget: 9000, tokensMax: 9000, overlapTokensMax: -1, joinTokensMax: 9001)
        } throws: { error in
            guard case ChunkerError.limitsInvalid(let faults) = error else { return false }
            return faults.count == 3
        }
    }

    @Test func `the standard limits are valid`() throws {
        let standard = ChunkLimits.standard
        let checked = try ChunkLimits(
            tokensTarget: standard.tokensTarget, tokensMax: standard.tokensMax,
            overlapTokensMax: standard.overlapTokensMax, joinTokensMax: standard.joinTokensMax)
        #expect(checked == standard)
    }

    @Test func `other limits are another chunker`() throws {
        let tokenizer = try Ranks.tokenizer()
        let other = try ChunkLimits(
            tokensTarget: 100, tokensMax: 128, overlapTokensMax: 0, joinTokensMax: 0)
        let standard = MarkdownChunker(tokenizer: tokenizer).identity
        #expect(standard.name == "markdown-cl100k")
        #expect(standard.version == "1-176-208-24-96")
        #expect(MarkdownChunker(tokenizer: tokenizer, limits: other).identity != standard)
    }
}
