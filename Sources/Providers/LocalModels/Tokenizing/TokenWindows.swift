/// What a model reads before and after each window of a text.
struct TokenFrame: Sendable {
    /// The first control token, and the tokens of a prefix.
    let start: [Int32]
    let end: [Int32]
    /// The longest sequence, with the frame.
    let sequenceMax: Int
}

/// Splits a text's tokens into windows of at most the model's length.
///
/// Windows do not overlap. They are of even length, so that none contains only a short remainder,
/// and begin with a word. Scripts without spaces have words of any length, so a window is not
/// shortened to less than a fifth for that; every word of WordPiece is shorter than the rest.
struct TokenWindows {
    /// Token ids with the frame. A text without tokens has one sequence.
    let sequences: [[Int32]]

    init(_ text: TextTokens, in frame: TokenFrame) {
        let ids = text.ids
        let contentMax = frame.sequenceMax - frame.start.count - frame.end.count
        var sequences: [[Int32]] = []
        var start = 0
        repeat {
            let end = Self.end(of: text, from: start, contentMax: contentMax)
            sequences.append(frame.start + ids[start..<end] + frame.end)
            start = end
        } while start < ids.count
        self.sequences = sequences
    }

    /// The end of the window that begins at `start`.
    private static func end(of text: TextTokens, from start: Int, contentMax: Int) -> Int {
        let remaining = text.ids.count - start
        guard remaining > contentMax else { return text.ids.count }
        let windows = (remaining + contentMax - 1) / contentMax
        let even = start + (remaining + windows - 1) / windows
        let earliest = start + (even - start) / 5
        var end = even
        while end > earliest, text.isContinuation[end] { end -= 1 }
        return end > earliest ? end : even
    }
}
