/// A text's tokens in as few windows as the model's length allows.
///
/// Windows are of even length, so that none holds a mere remainder, do not overlap, and begin at
/// a word's first piece.
struct TokenWindows {
    /// The longest sequence the model was trained for, with [CLS] and [SEP].
    static let sequenceMax = 256

    /// Token ids with [CLS] and [SEP]; one sequence at least, also for a text without tokens.
    let sequences: [[Int32]]

    init(_ text: WordPieceTokens) {
        let ids = text.ids
        var sequences: [[Int32]] = []
        var start = 0
        repeat {
            let end = Self.end(of: text, from: start)
            sequences.append(
                [WordPieceTokenizer.start] + ids[start..<end] + [WordPieceTokenizer.end])
            start = end
        } while start < ids.count
        self.sequences = sequences
    }

    /// Where the window that begins at `start` ends.
    private static func end(of text: WordPieceTokens, from start: Int) -> Int {
        let contentMax = sequenceMax - 2
        let remaining = text.ids.count - start
        guard remaining > contentMax else { return text.ids.count }
        let windows = (remaining + contentMax - 1) / contentMax
        let even = start + (remaining + windows - 1) / windows
        var end = even
        while end > start, text.isContinuation[end] { end -= 1 }
        return end > start ? end : even
    }
}
