/// Splits a text's tokens into windows of at most the model's length.
///
/// Windows do not overlap. They are of even length, so that none contains only a short remainder,
/// and begin at the first piece of a word unless the word is longer than a window.
struct TokenWindows {
    /// The longest sequence the model was trained for, with [CLS] and [SEP].
    static let sequenceMax = 256

    /// Token ids with [CLS] and [SEP]. A text without tokens has one sequence.
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

    /// The end of the window that begins at `start`.
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
