/// Splits text into the tokens of a model.
///
/// The names of control tokens, such as "[SEP]" or "</s>", are treated as ordinary text, so that no
/// document can inject a control token.
protocol Tokenizer: Sendable {
    /// All tokens of a text, in order, without a limit.
    func tokens(of text: String) -> TextTokens
}

/// A text's tokens, without control tokens.
struct TextTokens: Sendable, Equatable {
    var ids: [Int32] = []
    /// Whether each token continues the word of the previous one.
    var isContinuation: [Bool] = []
}
