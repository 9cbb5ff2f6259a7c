/// Measures in exact cl100k_base tokens.
///
/// Pieces never look behind, so counting from a chunk's start gives the chunk's own tokens.
struct TokenRuler: TextRuler {
    private let tokenizer: Cl100kTokenizer
    private var start = 0
    private var pieceEnds: [Int] = []
    /// Tokens up to the end of each piece.
    private var pieceTokens: [Int] = []
    /// Where the tokens of the last piece end, from its start; empty for a short piece.
    private var lastPieceTokenEnds: [Int] = []
    /// Pieces before the end that was last queried.
    private var piecesBefore = 0

    init(_ tokenizer: Cl100kTokenizer) {
        self.tokenizer = tokenizer
    }

    /// Horizontal rules and runs of blanks have tokens of 128 bytes, so bytes need a bound, too.
    var unitBytesMax: Int { 16 }
    var unitBytesUsual: Int { 6 }

    func size(of text: UnsafeBufferPointer<UInt8>) -> Int { tokenizer.count(utf8: text) }

    var size: Int { pieceTokens.last ?? 0 }
    var end: Int { pieceEnds.last ?? start }

    mutating func read(_ text: TextBytes, from start: Int, to limit: Int, sizeMax: Int) {
        self.start = start
        pieceEnds.removeAll(keepingCapacity: true)
        pieceTokens.removeAll(keepingCapacity: true)
        piecesBefore = 0
        var tokens = 0
        var i = start
        while i < limit, tokens <= sizeMax {
            let end = tokenizer.pretokenizer.pieceEnd(text.base, from: i, to: limit)
            tokens += count(text, i..<end)
            pieceEnds.append(end)
            pieceTokens.append(tokens)
            i = end
        }
    }

    /// Counts the tokens of one piece. Stores where they end in a long piece, which may
    /// have to be cut.
    private mutating func count(_ text: TextBytes, _ piece: Range<Int>) -> Int {
        if !lastPieceTokenEnds.isEmpty { lastPieceTokenEnds.removeAll(keepingCapacity: true) }
        let bytes = text.base + piece.lowerBound
        if piece.count <= 64 { return tokenizer.merge.count(bytes, piece.count) }
        tokenizer.merge.appendEnds(bytes, piece.count, after: 0, to: &lastPieceTokenEnds)
        return lastPieceTokenEnds.count
    }

    mutating func size(of text: TextBytes, upTo end: Int) -> Int {
        if piecesBefore > 0, pieceEnds[piecesBefore - 1] > end { piecesBefore = 0 }
        while piecesBefore < pieceEnds.count, pieceEnds[piecesBefore] <= end { piecesBefore += 1 }
        let from = piecesBefore > 0 ? pieceEnds[piecesBefore - 1] : start
        let before = piecesBefore > 0 ? pieceTokens[piecesBefore - 1] : 0
        return from < end ? before + size(of: text.buffer(from..<end)) : before
    }

    func runEnd(of text: TextBytes, sizeMax: Int) -> Int {
        guard let over = pieceTokens.firstIndex(where: { $0 > sizeMax }) else { return end }
        let from = over > 0 ? pieceEnds[over - 1] : start
        let room = sizeMax - (over > 0 ? pieceTokens[over - 1] : 0)
        if room <= 0 { return from }
        let ends =
            over == pieceEnds.count - 1 && !lastPieceTokenEnds.isEmpty
            ? lastPieceTokenEnds : tokenizer.tokenEnds(utf8: text.buffer(from..<pieceEnds[over]))
        return text.scalarStart(atOrBefore: from + ends[min(room, ends.count) - 1])
    }
}
