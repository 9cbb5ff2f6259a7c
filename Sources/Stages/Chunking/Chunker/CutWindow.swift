/// What a chunk that begins at `start` could hold: its tokens up to just over the maximum, and
/// the places where it could end.
///
/// Pieces never look behind, so counting from the chunk's own start gives the chunk's own tokens.
struct CutWindow {
    /// A place between two chunks: one ends at `end`, the other begins at `start`.
    struct Break {
        var end: Int
        var start: Int
        /// Tokens from the window's start to `end`.
        var tokens: Int
        var strength: BreakStrength
        var isHeading: Bool
    }

    private let text: TextBytes
    private let tokenizer: Cl100kTokenizer
    private let limits: ChunkLimits

    private(set) var start = 0
    /// Up to where the text was read.
    private(set) var limit = 0
    /// Whether all that was asked for was read and fits into one chunk.
    private(set) var holdsAll = false
    private(set) var breaks: [Break] = []
    private var pieceEnds: [Int] = []
    /// Tokens up to the end of each piece.
    private var pieceTokens: [Int] = []
    /// Where the tokens of the last piece end, counted from its start; empty for a short one.
    private var lastPieceTokenEnds: [Int] = []

    init(_ text: TextBytes, _ tokenizer: Cl100kTokenizer, _ limits: ChunkLimits) {
        self.text = text
        self.tokenizer = tokenizer
        self.limits = limits
    }

    /// Tokens of all pieces read: over the maximum unless the text or the bytes ended first.
    var tokens: Int { pieceTokens.last ?? 0 }
    var piecesEnd: Int { pieceEnds.last ?? start }

    /// Reads from `start`, which is no blank; `end` follows a scalar that is no blank.
    mutating func read(from start: Int, to end: Int, _ lineBreaks: [LineBreak]) {
        self.start = start
        // Most text has fewer than six bytes a token; what has more is read again, further.
        var bytes = limits.tokensMax * 6
        repeat {
            limit = min(end, start + min(bytes, limits.bytesMax))
            if limit < end { limit = text.scalarStart(atOrBefore: limit) }
            countPieces()
            bytes *= 2
        } while tokens <= limits.tokensMax && limit < end && limit - start < limits.bytesMax - 3
        holdsAll = tokens <= limits.tokensMax && limit == end
        breaks.removeAll(keepingCapacity: true)
        if holdsAll { return }
        findBreaks(to: end, lineBreaks)
    }

    /// The exact tokens from the window's start to `end`, which lies in the pieces read.
    func tokens(upTo end: Int) -> Int {
        var low = 0
        var high = pieceEnds.count
        while low < high {
            let middle = (low + high) / 2
            if pieceEnds[middle] <= end { low = middle + 1 } else { high = middle }
        }
        return tokens(upTo: end, afterPieces: low)
    }

    /// Where the tokens read reach the bound, whatever that tears apart but a scalar. Counted
    /// anew, the text up to there may have a few tokens more.
    func runEnd(tokensMax: Int) -> Int {
        guard let over = pieceTokens.firstIndex(where: { $0 > tokensMax }) else { return limit }
        let from = over > 0 ? pieceEnds[over - 1] : start
        let room = tokensMax - (over > 0 ? pieceTokens[over - 1] : 0)
        if room <= 0 { return from }
        let ends =
            over == pieceEnds.count - 1 && !lastPieceTokenEnds.isEmpty
            ? lastPieceTokenEnds : tokenizer.tokenEnds(utf8: text.buffer(from..<pieceEnds[over]))
        return text.scalarStart(atOrBefore: from + ends[min(room, ends.count) - 1])
    }

    private mutating func countPieces() {
        pieceEnds.removeAll(keepingCapacity: true)
        pieceTokens.removeAll(keepingCapacity: true)
        var tokens = 0
        var i = start
        while i < limit, tokens <= limits.tokensMax {
            let end = tokenizer.pretokenizer.pieceEnd(text.base, i, limit)
            tokens += count(i..<end)
            pieceEnds.append(end)
            pieceTokens.append(tokens)
            i = end
        }
    }

    /// The tokens of one piece. Those of a long one are kept: it may have to be cut.
    private mutating func count(_ piece: Range<Int>) -> Int {
        lastPieceTokenEnds.removeAll(keepingCapacity: true)
        let bytes = text.base + piece.lowerBound
        if piece.count <= 64 { return tokenizer.merge.count(bytes, piece.count) }
        tokenizer.merge.appendEnds(bytes, piece.count, after: 0, to: &lastPieceTokenEnds)
        return lastPieceTokenEnds.count
    }

    private func tokens(upTo end: Int, afterPieces pieces: Int) -> Int {
        let from = pieces > 0 ? pieceEnds[pieces - 1] : start
        let before = pieces > 0 ? pieceTokens[pieces - 1] : 0
        return from < end ? before + tokenizer.count(utf8: text.buffer(from..<end)) : before
    }

    private mutating func findBreaks(to end: Int, _ lineBreaks: [LineBreak]) {
        var finder = BreakFinder(text, from: start, to: end, lineBreaks)
        let reach = piecesEnd
        var piece = 0
        while let found = finder.next(before: reach) {
            while piece < pieceEnds.count, pieceEnds[piece] <= found.end { piece += 1 }
            breaks.append(
                Break(
                    end: found.end, start: found.start,
                    tokens: tokens(upTo: found.end, afterPieces: piece),
                    strength: found.strength, isHeading: found.isHeading))
        }
    }
}
