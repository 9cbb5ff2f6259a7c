/// The windows of a call's texts, packed into passes through the model.
///
/// Sequences are not padded, so a pass may mix lengths; longest first, so that the passes at the
/// end are short and the lanes finish together.
struct TokenBatches {
    /// The most tokens of a pass: measured best, as its intermediate results stay in cache.
    static let tokensMax = 512

    /// One window, and the text it belongs to.
    struct Window: Sendable {
        let text: Int
        let tokens: [Int32]
    }

    let passes: [[Window]]

    /// - Parameters:
    ///   - windows: each text's windows.
    ///   - lanes: passes that run at once; small calls are spread over all of them.
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

    /// Each text's windows' means, added up with their tokens as weights: the direction of the
    /// mean over all its tokens.
    func sums(of means: [[[Float]]], texts: Int) -> [[Float]] {
        var sums = [[Float]](
            repeating: [Float](repeating: 0, count: MiniLMModel.width), count: texts)
        for (pass, vectors) in zip(passes, means) {
            for (window, vector) in zip(pass, vectors) {
                let weight = Float(window.tokens.count)
                for index in vector.indices { sums[window.text][index] += vector[index] * weight }
            }
        }
        return sums
    }
}
