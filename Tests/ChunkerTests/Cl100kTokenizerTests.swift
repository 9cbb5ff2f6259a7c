import Chunker
import FoundationEssentials
import Testing

@Suite struct Cl100kTokenizerTests {
    @Test func `texts in many languages, code, emoji and blanks have the tokens of tiktoken`()
        throws
    {
        let tokenizer = try Ranks.tokenizer()
        for golden in try Goldens.load().texts {
            #expect(
                tokenizer.encode(golden.text) == golden.tokens, "\(golden.text.debugDescription)")
            #expect(tokenizer.count(golden.text) == golden.tokens.count)
        }
    }

    @Test func `long runs of one character have the tokens of tiktoken`() throws {
        let tokenizer = try Ranks.tokenizer()
        for golden in try Goldens.load().runs {
            let text = String(repeating: golden.unit, count: golden.count)
            #expect(
                tokenizer.encode(text) == golden.tokens,
                "\(golden.count) times \(golden.unit.debugDescription)")
        }
    }

    @Test func `every Unicode scalar is classified as in tiktoken`() throws {
        let tokenizer = try Ranks.tokenizer()
        for golden in try Goldens.load().blocks {
            let tokens = tokenizer.encode(golden.text)
            #expect(tokens.count == golden.tokens, "block \(String(golden.start, radix: 16))")
            #expect(
                Goldens.fnv1a(tokens) == golden.fnv1a,
                "block \(String(golden.start, radix: 16))")
        }
    }

    @Test func `special tokens are plain text`() throws {
        let tokens = try Ranks.tokenizer().encode("<|endoftext|>")
        #expect(tokens.count == 7)
        #expect(tokens.allSatisfy { $0 < 100_256 })
    }

    @Test func `no text has no tokens`() throws {
        let tokenizer = try Ranks.tokenizer()
        #expect(tokenizer.encode("").isEmpty)
        #expect(tokenizer.count("") == 0)
    }

    @Test func `the error names a missing rank file`() {
        #expect {
            _ = try Cl100kTokenizer(ranksPath: "/nowhere/cl100k_base.tiktoken")
        } throws: { error in
            guard case ChunkerError.ranksUnreadable(let path, _) = error else { return false }
            return path == "/nowhere/cl100k_base.tiktoken" && "\(error)".contains(path)
        }
    }

    @Test func `a file other than the pinned one is refused with both hashes`() throws {
        let path =
            FileManager.default.temporaryDirectory.path
            + "/millrace-ranks-\(UUID().uuidString)"
        try Data("IQ== 0\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect {
            _ = try Cl100kTokenizer(ranksPath: path)
        } throws: { error in
            guard case ChunkerError.ranksMismatch(_, let expected, let found) = error
            else { return false }
            return expected.hasPrefix("223921b7") && found.count == 64 && found != expected
        }
    }
}
