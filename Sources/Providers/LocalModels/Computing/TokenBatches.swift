/// Packs the windows of a call's texts into passes through the model.
///
/// Sequences are not padded, so a pass may mix lengths. The longest come first, so that the last
/// passes are short and the lanes finish together.
struct TokenBatches {
    /// Maximum tokens per pass. Measured as the fastest, since intermediate results stay in cache.
    static let tokensMax = 512

    /// One window, and the index of its text.
    struct Window: Sendable {
        let text: Int
        let tokens: [Int32]
    }

    let passes: [[Window]]

    /// - Parameters:
    ///   - windows: each text's windows.
    ///   - lanes: number of concurrent passes; small calls are spread over all of them.
    init(_ windows: [[[Int32]]], lanes: Int) {
        let all = windows.enumerated().flatMap { text, sequences in
            sequences.map { Window(text: text, tokens: $0) }
        }
        let sorted = all.sorted { $0.tokens.count > $1.tokens.count }
        let total = all.reduce(0) { $0 + $1.tokens.count }
        let tokensMax = min(Self.tokensMax, (total + lanes - 1) / lanes)
        var passes: [[Window]] = []
        var room = 0
        for window in sorted {
            if window.tokens.count > room {
                passes.append([])
                room = max(tokensMax, window.tokens.count)
            }
            passes[passes.count - 1].append(window)
            room -= window.tokens.count
        }
        self.passes = passes
    }

    /// The sum of each text's window means, weighted by token count. It has the direction of the
    /// mean over all tokens of the text.
    func sums(of means: [[[Float]]], texts: Int) -> [[Float]] {
        var sums = [[Float]](
            repeating: [Float](repeating: 0, count: Transformer.width), count: texts)
        for (pass, vectors) in zip(passes, means) {
            for (window, vector) in zip(pass, vectors) {
                let weight = Float(window.tokens.count)
                for index in vector.indices { sums[window.text][index] += vector[index] * weight }
            }
        }
        return sums
    }
}
