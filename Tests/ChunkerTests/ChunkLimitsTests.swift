import Chunker
import Domain
import Testing

@Suite struct ChunkLimitsTests {
    @Test func `all faults of the limits are reported together`() {
        #expect {
            _ = try ChunkLimits(target: 9000, max: 9000, overlapMax: -1, joinMax: 9001)
        } throws: { error in
            guard case ChunkerError.limitsInvalid(let faults) = error else { return false }
            return faults.count == 3
        }
    }

    @Test func `the default limits are valid`() throws {
        for defaults in try Ranks.measures().map(\.defaultLimits) {
            let checked = try ChunkLimits(
                target: defaults.target, max: defaults.max, overlapMax: defaults.overlapMax,
                joinMax: defaults.joinMax)
            #expect(checked == defaults)
        }
    }

    /// Chunk ids depend on it: a change here requires a new value of `MarkdownChunker.rules`.
    @Test func `the same text has the same chunks in every version`() throws {
        let chunker = MarkdownChunker(by: .tokens(try Ranks.tokenizer()))
        // FNV-1a.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var count = 0
        for seed in 1...40 {
            var generator = RandomMarkdown(seed: UInt64(seed))
            for chunk in try chunker.chunk(Array(generator.document(blocks: 30).utf8)) {
                let tokens = try #require(chunk.tokens)
                let line =
                    "\(chunk.utf8Range) \(tokens) \(chunk.headings) "
                    + "\(String(describing: chunk.pages))\n"
                for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
                count += 1
            }
        }
        #expect(String(hash, radix: 16) == "c8c2de28ffbe8903")
        #expect(count == 6450)
    }

    @Test func `different limits or another measure have another chunker version`() throws {
        let tokenizer = try Ranks.tokenizer()
        let other = try ChunkLimits(target: 100, max: 128, overlapMax: 0, joinMax: 0)
        let identity = MarkdownChunker(by: .tokens(tokenizer)).identity
        #expect(identity.name == "markdown-cl100k")
        #expect(identity.version == "2-176-208-24-96")
        #expect(MarkdownChunker(by: .tokens(tokenizer), limits: other).identity != identity)
        let characters = MarkdownChunker(by: .characters).identity
        #expect(characters.name == "markdown-characters")
        #expect(characters.version == "2-704-832-96-384")
    }
}
