import Chunker
import Domain
import Testing

@Suite struct ChunkLimitsTests {
    @Test func `all faults of the limits are told at once`() {
        #expect {
            _ = try ChunkLimits(target: 9000, max: 9000, overlapMax: -1, joinMax: 9001)
        } throws: { error in
            guard case ChunkerError.limitsInvalid(let faults) = error else { return false }
            return faults.count == 3
        }
    }

    @Test func `the standard limits are valid`() throws {
        for standard in try Ranks.measures().map(\.standardLimits) {
            let checked = try ChunkLimits(
                target: standard.target, max: standard.max, overlapMax: standard.overlapMax,
                joinMax: standard.joinMax)
            #expect(checked == standard)
        }
    }

    @Test func `other limits or another measure are another chunker`() throws {
        let tokenizer = try Ranks.tokenizer()
        let other = try ChunkLimits(target: 100, max: 128, overlapMax: 0, joinMax: 0)
        let standard = MarkdownChunker(by: .tokens(tokenizer)).identity
        #expect(standard.name == "markdown-cl100k")
        #expect(standard.version == "1-176-208-24-96")
        #expect(MarkdownChunker(by: .tokens(tokenizer), limits: other).identity != standard)
        let characters = MarkdownChunker(by: .characters).identity
        #expect(characters.name == "markdown-characters")
        #expect(characters.version == "1-704-832-96-384")
    }
}
