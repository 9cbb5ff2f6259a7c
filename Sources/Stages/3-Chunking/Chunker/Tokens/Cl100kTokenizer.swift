/// Encodes text as OpenAI's cl100k_base does, with special tokens read as plain text.
///
/// Time and memory are linear in the text, except for a factor log n inside one unbroken piece.
package struct Cl100kTokenizer: Sendable {
    let pretokenizer = Pretokenizer()
    let merge: BytePairMerge

    /// Reads the published rank file, which must match the pinned one byte for byte.
    package init(ranksPath: String) throws(ChunkerError) {
        merge = BytePairMerge(ranks: try RankFile.load(ranksPath))
    }

    /// The number of tokens of valid UTF-8.
    package func count(utf8 text: UnsafeBufferPointer<UInt8>) -> Int {
        guard let bytes = text.baseAddress else { return 0 }
        var tokens = 0
        var i = 0
        while i < text.count {
            let end = pretokenizer.pieceEnd(bytes, from: i, to: text.count)
            tokens += merge.count(bytes + i, end - i)
            i = end
        }
        return tokens
    }

    package func count(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { count(utf8: $0) }
    }

    package func encode(_ text: String) -> [UInt32] {
        var text = text
        return text.withUTF8 { text in
            guard let bytes = text.baseAddress else { return [] }
            var tokens: [UInt32] = []
            var i = 0
            while i < text.count {
                let end = pretokenizer.pieceEnd(bytes, from: i, to: text.count)
                merge.append(bytes + i, end - i, to: &tokens)
                i = end
            }
            return tokens
        }
    }

    /// Where each token of valid UTF-8 ends, in bytes. An end may be inside a scalar.
    func tokenEnds(utf8 text: UnsafeBufferPointer<UInt8>) -> [Int] {
        guard let bytes = text.baseAddress else { return [] }
        var ends: [Int] = []
        var i = 0
        while i < text.count {
            let end = pretokenizer.pieceEnd(bytes, from: i, to: text.count)
            merge.appendEnds(bytes + i, end - i, after: i, to: &ends)
            i = end
        }
        return ends
    }
}
